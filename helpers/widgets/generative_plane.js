// A decoder that Python sends once: places in the plane become digits here.
const SIZE = 400, PIXELS = 14, NEAR = 15;

const BODY = `
<div class="pair">
  <svg viewBox="0 0 ${SIZE} ${SIZE}" tabindex="0" role="img"></svg>
  <canvas width="${PIXELS}" height="${PIXELS}" role="img"></canvas>
</div>
<p class="says" role="status" aria-live="polite"></p>
<p class="help">Each small digit stands where the code of a real one is. Drag the point, or move it by the arrow keys.</p>`;

function render({ model, el }) {
  el.classList.add("plane");
  el.innerHTML = BODY;
  const $ = (selector) => el.querySelector(selector);
  const [sizes, places, labels, reach] = ["sizes", "places", "labels", "reach"].map((name) => model.get(name));
  const view = model.get("decoder"), numbers = new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
  const x = (v) => SIZE / 2 + (v * SIZE) / (2 * reach), y = (v) => SIZE / 2 - (v * SIZE) / (2 * reach);
  let at = [0.5, 0.5];

  /** The pixels that stand at a place: three layers, ReLU between them, a sigmoid at the end. */
  function decode(place) {
    let H = place, offset = 0;
    sizes.forEach(([n, m], layer) => {
      const W = numbers.subarray(offset, offset + n * m), b = numbers.subarray(offset + n * m, offset + n * m + m);
      offset += n * m + m;
      const out = Array.from(b);
      H.forEach((h, i) => out.forEach((_, j) => (out[j] += h * W[i * m + j])));
      H = out.map((v) => (layer < sizes.length - 1 ? Math.max(0, v) : 1 / (1 + Math.exp(-v))));
    });
    return H;
  }

  function write(pixels) {
    const context = $("canvas").getContext("2d"), image = context.createImageData(PIXELS, PIXELS);
    pixels.forEach((p, i) => image.data.set([255 * (1 - p), 255 * (1 - p), 255 * (1 - p), 255], 4 * i));
    context.putImageData(image, 0, 0);
  }

  function around() {
    const far = places.map(([a, b], i) => [(a - at[0]) ** 2 + (b - at[1]) ** 2, labels[i]]).sort((p, q) => p[0] - q[0]);
    const counts = Array(10).fill(0);
    far.slice(0, NEAR).forEach(([, k]) => counts[k]++);
    const most = Math.max(...counts);
    return [counts.indexOf(most), most, Math.sqrt(far[0][0])];
  }

  function draw() {
    const [digit, many, gap] = around();
    $("svg").innerHTML = places.map(([a, b], i) => `<text class="${labels[i] === digit ? "mine" : ""}" x="${x(a)}" y="${y(b) + 3}">${labels[i]}</text>`).join("") +
      `<circle cx="${x(at[0])}" cy="${y(at[1])}" r="11"/>`;
    write(decode(at));
    const where = `(${number(at[0], 1)}, ${number(at[1], 1)})`;
    $(".says").textContent = gap > 0.6 ? `${where}: no code of a real digit is near.` : `${where}: of the ${NEAR} nearest real digits ${many} are ${digit}s.`;
    $("svg").setAttribute("aria-label", `A plane with the codes of ${places.length} digits; the point is at ${where}.`);
    $("canvas").setAttribute("aria-label", `The digit that the decoder writes at ${where}.`);
  }

  const move = (a, b) => {
    at = [a, b].map((v) => Math.max(-reach, Math.min(reach, v)));
    draw();
  };
  dragging($("svg"), (u, v) => move(((u - SIZE / 2) * 2 * reach) / SIZE, ((SIZE / 2 - v) * 2 * reach) / SIZE));
  arrows($("svg"), (right, down) => move(at[0] + 0.1 * right, at[1] - 0.1 * down));
  keepKeys($("svg"));
  draw();
}

export default { render };
