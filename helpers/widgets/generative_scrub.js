// Draws the frames of a diffusion that Python sends once: points on the left, digits on the right.
const SIZE = 320, SPAN = 3.2, PIXELS = 14, ACROSS = 4, PAUSE = 120;

const BODY = `
<div class="pair">
  <svg viewBox="0 0 ${SIZE} ${SIZE}" tabindex="0" role="img"></svg>
  <canvas role="img" aria-label="Twelve digits on their way out of noise."></canvas>
</div>
<p class="says" role="status" aria-live="polite"></p>
${STEPPER}
<p class="help">A dot is blue where it is nearest to the spot in which it will end, and an orange triangle where it is not. Keys: ← → Home End Space.</p>`;

function render({ model, el }) {
  el.classList.add("scrub");
  el.innerHTML = BODY;
  const $ = (selector) => el.querySelector(selector);
  const bytes = (name) => {
    const view = model.get(name);
    return view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  };
  const points = new Float32Array(bytes("points")), ink = new Uint8Array(bytes("digits"));
  const [n, m] = model.get("counts"), shares = model.get("shares"), decided = model.get("decided"), T = shares.length - 1;
  const rows = Math.ceil(m / ACROSS), area = PIXELS * PIXELS;
  const point = (k, i) => [points[2 * (k * n + i)], points[2 * (k * n + i) + 1]];
  const spot = ([a, b]) => (Math.round(Math.atan2(b, a) / (Math.PI / 4)) + 8) % 8;
  const ends = Array.from({ length: n }, (_, i) => spot(point(T, i)));
  Object.assign($("canvas"), { width: ACROSS * PIXELS, height: rows * PIXELS });

  function draw(k) {
    const x = (v) => SIZE / 2 + (v * SIZE) / (2 * SPAN), y = (v) => SIZE / 2 - (v * SIZE) / (2 * SPAN);
    $("svg").innerHTML = ends.map((end, i) => {
      const [a, b] = point(k, i), [u, v] = [x(a), y(b)];
      return spot([a, b]) === end ? `<circle cx="${u}" cy="${v}" r="2.6"/>` : `<path d="M${u} ${v - 3.4} l3.2 5.6 h-6.4 z"/>`;
    }).join("");
    $("svg").setAttribute("aria-label", `${n} points at time ${T - k}.`);
    const context = $("canvas").getContext("2d"), image = context.createImageData(ACROSS * PIXELS, rows * PIXELS);
    for (let j = 0; j < m; j++) {
      for (let p = 0; p < area; p++) {
        const value = ink[(k * m + j) * area + p], column = (j % ACROSS) * PIXELS + (p % PIXELS);
        const row = Math.floor(j / ACROSS) * PIXELS + Math.floor(p / PIXELS);
        image.data.set([value, value, value, 255], 4 * (row * ACROSS * PIXELS + column));
      }
    }
    context.putImageData(image, 0, 0);
  }

  const says = (k) => `Time ${T - k}: ${percent(shares[T - k])} of the variance is picture, the rest noise. ${decided[k]} of ${n} points are nearest to the spot in which they will end.`;
  el.querySelectorAll("input, svg, button").forEach(keepKeys);
  const steps = stepper($, $("svg"), { last: () => T, draw, says, unit: "step", pause: PAUSE });
  steps.again();
  return steps.stop;
}

export default { render };
