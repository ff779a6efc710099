// Gradient descent on a polynomial surface, all in the browser so that it answers at once.
const SIZE = 400, PAD = 24, STEP = 0.05, STEPS = 150, FAR = 1e3;
const LOW = 0.005, HIGH = 1.5; // the slider of η is logarithmic
const STILL = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)") ?? { matches: false };

const TICKS = [0.01, 0.03, 0.1, 0.3, 1];

const BODY = `
<svg class="plane" viewBox="0 0 ${SIZE} ${SIZE}" role="application"
     aria-label="A surface seen from above, darker where it is lower. Drag the start, or move it with the arrow keys.">
  <clipPath><rect x="${PAD}" y="${PAD}" width="${SIZE - 2 * PAD}" height="${SIZE - 2 * PAD}"/></clipPath>
  <image class="surface" x="${PAD}" y="${PAD}" width="${SIZE - 2 * PAD}" height="${SIZE - 2 * PAD}"/>
  <g class="axes"></g><g class="inner"><path class="walk"/><g class="dots"></g></g>
  <circle class="start" r="9" tabindex="0" role="button"/>
</svg>
<div class="side">
  <div class="controls surfaces" role="group" aria-label="surface"></div>
  <div class="controls"><label>η <span class="dial"><input class="eta" type="range" min="0" max="1" step="0.002" aria-label="learning rate">
    <span class="ticks" aria-hidden="true"></span></span></label><output class="etas"></output></div>
  <div class="controls"><button class="play" aria-label="play"></button>
    <input class="k" type="range" min="0" max="${STEPS}" step="1" aria-label="steps shown"><output class="steps"></output></div>
  <p class="regime" role="status"></p><p class="factors"></p>
  <svg class="chart" viewBox="0 0 330 150" aria-hidden="true"><g class="grid"></g><path class="curve"/><g class="marks"></g></svg>
  <p class="help">Drag the start or click anywhere. Keys: Tab, arrows.</p>
</div>`;

/** Values, gradient and Hessian of a polynomial given as terms [c, i, j]: c x^i y^j. */
const power = (x, n) => (n < 0 ? 0 : x ** n);
export const height = (terms, [x, y]) => terms.reduce((sum, [c, i, j]) => sum + c * power(x, i) * power(y, j), 0);
export const gradient = (terms, [x, y]) => [
  terms.reduce((sum, [c, i, j]) => sum + c * i * power(x, i - 1) * power(y, j), 0),
  terms.reduce((sum, [c, i, j]) => sum + c * j * power(x, i) * power(y, j - 1), 0),
];
export function curvatures(terms, [x, y]) {
  const sum = (f) => terms.reduce((total, term) => total + f(...term), 0);
  const a = sum((c, i, j) => c * i * (i - 1) * power(x, i - 2) * power(y, j));
  const b = sum((c, i, j) => c * i * j * power(x, i - 1) * power(y, j - 1));
  const d = sum((c, i, j) => c * j * (j - 1) * power(x, i) * power(y, j - 2));
  const mean = (a + d) / 2, root = Math.hypot((a - d) / 2, b);
  return [mean - root, mean + root];
}
export function descend(terms, start, eta, steps) {
  const path = [start];
  for (let t = 0; t < steps; t++) {
    const p = path[t], g = gradient(terms, p), next = [p[0] - eta * g[0], p[1] - eta * g[1]];
    if (!(Math.max(Math.abs(next[0]), Math.abs(next[1])) < FAR)) break;
    path.push(next);
  }
  return path;
}
const apart = (p, q) => Math.hypot(p[0] - q[0], p[1] - q[1]);

/** What a walk did: its name for the eye (a class), and a sentence. */
export function regime(terms, path) {
  const last = path[path.length - 1], slope = Math.hypot(...gradient(terms, last));
  if (path.length <= STEPS) return ["bad", `Escapes: out of all bounds after ${path.length - 1} steps.`];
  const there = path.findIndex((p) => apart(p, last) < 0.01);
  const moves = path.slice(1).map((p, t) => [p[0] - path[t][0], p[1] - path[t][1]]);
  const until = slope < 0.01 ? Math.max(2, there) : STEPS;
  const turns = moves.slice(1, until).filter((m, t) => m[0] * moves[t][0] + m[1] * moves[t][1] < 0).length;
  const zigzag = turns > 0.3 * (until - 1);
  if (slope < 0.01 && curvatures(terms, last)[0] < 0) return ["odd", "Sits where the slope is zero, and yet it is no minimum: a saddle."];
  if (slope < 0.01) return ["good", `${zigzag ? "Zigzags, and converges" : "Converges"}: within 0.01 after ${there} steps.`];
  const length = (t) => Math.hypot(...moves[t]), shrinks = length(STEPS - 1) < 0.5 * length(STEPS / 2);
  if (zigzag && shrinks) return ["odd", `Zigzags: each jump is a little shorter, but ${STEPS} steps were not enough.`];
  return zigzag ? ["bad", `Oscillates: after ${STEPS} steps it still jumps to and fro.`]
    : ["odd", `Crawls: after ${STEPS} steps it is still on its way.`];
}

/** What part 2 says of the point where tiny steps end: its curvatures, the limit if it is a minimum, the factors. */
export function theory(terms, goal, eta) {
  const [low, high] = curvatures(terms, goal), factors = `<b>${number(1 - eta * low)}</b> and <b>${number(1 - eta * high)}</b>`;
  const place = low > 0 ? "At the minimum that tiny steps find" : "At the saddle where tiny steps end";
  const limit = low > 0 ? `limit 2/κ = <b>${number(2 / high, 3)}</b>` : "no η is small enough: along κ < 0 the factor is above 1";
  return `${place}, κ = ${number(low)} and ${number(high)}; ${limit}.<br>Factors 1 − ηκ: ${factors}.`;
}

function shade(terms, limit, dark) {
  const canvas = document.createElement("canvas"), n = 352;
  canvas.width = canvas.height = n;
  const context = canvas.getContext("2d"), image = context.createImageData(n, n);
  const at = (k) => -limit + 2 * limit * (k + 0.5) / n;
  const heights = Array.from({ length: n * n }, (_, k) => height(terms, [at(k % n), -at(Math.floor(k / n))]));
  const low = heights.reduce((a, b) => Math.min(a, b)), high = heights.reduce((a, b) => Math.max(a, b));
  const rgb = dark ? [86, 180, 233] : [0, 114, 178];
  heights.forEach((h, k) => {
    const band = Math.floor(((h - low) / (high - low)) ** 0.4 * 15) / 15;
    image.data.set([...rgb, 255 * (0.02 + 0.62 * (1 - band) ** 1.6)], 4 * k);
  });
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

function render({ model, el }) {
  el.classList.add("descent");
  el.innerHTML = BODY;
  const $ = (selector) => el.querySelector(selector);
  const surfaces = model.get("surfaces"), limit = model.get("limit"), unit = (SIZE - 2 * PAD) / (2 * limit);
  const px = ([x, y]) => [PAD + (x + limit) * unit, SIZE - PAD - (y + limit) * unit];
  const clip = "clip-" + Math.random().toString(36).slice(2);
  $("clipPath").id = clip;
  $(".inner").setAttribute("clip-path", `url(#${clip})`);
  const dark = () => document.body.dataset.jpThemeLight === "false" || matchMedia("(prefers-color-scheme: dark)").matches
    && !document.body.dataset.jpThemeLight;
  let name = Object.keys(surfaces)[0], start = model.get("starts")[name], eta = 0.05, k = STEPS, playing = 0, path = [], goal;

  for (const key of Object.keys(surfaces)) {
    $(".surfaces").insertAdjacentHTML("beforeend", `<button data-name="${key}">${key}</button>`);
  }
  el.querySelectorAll("input, button, .start").forEach(keepKeys);

  function walk() {
    const terms = surfaces[name];
    path = descend(terms, start, eta, STEPS);
    goal = descend(terms, start, 0.01, 4000).at(-1);
    draw();
  }

  function draw() {
    const terms = surfaces[name], shown = path.slice(0, Math.floor(k) + 1);
    const [mood, says] = regime(terms, path), far = (p) => p.map((v) => Math.max(-4000, Math.min(4000, v)));
    $(".walk").setAttribute("d", "M" + shown.map((p) => far(px(p)).map((v) => v.toFixed(1))).join("L"));
    $(".dots").innerHTML = shown.map((p) => `<circle cx="${px(p)[0].toFixed(1)}" cy="${px(p)[1].toFixed(1)}" r="3"/>`).join("");
    const [x, y] = px(start);
    $(".start").setAttribute("transform", `translate(${x} ${y})`);
    $(".start").setAttribute("aria-label", `start at (${number(start[0])}, ${number(start[1])})`);
    el.dataset.mood = mood;
    const last = path[path.length - 1], away = mood === "good" && apart(last, goal) > 0.1;
    $(".regime").textContent = says + (away ? " Not in the basin that tiny steps find from here." : "");
    const ends = [start, last].map((p) => height(terms, p)).map((J) => (Math.abs(J) < 1e4 ? number(J, 3) : "huge"));
    $(".factors").innerHTML = `J = ${ends[0]} at the start, ${ends[1]} at the end.` + (model.get("theory") ? "<br>" + theory(terms, goal, eta) : "");
    $(".etas").textContent = number(eta, 3);
    $(".eta").value = Math.log(eta / LOW) / Math.log(HIGH / LOW);
    $(".eta").setAttribute("aria-valuetext", `${number(eta, 3)}. ${says}`);
    $(".k").value = k;
    $(".steps").textContent = `${Math.min(Math.floor(k), path.length - 1)} steps`;
    $(".play").textContent = playing ? "❚❚" : "▶";
    $(".play").setAttribute("aria-label", playing ? "pause" : "play");
    el.querySelectorAll(".surfaces button").forEach((b) => b.setAttribute("aria-pressed", b.dataset.name === name));
    chart();
  }

  function chart() {
    const at = (t, e) => [34 + 290 * t / STEPS, 8 + 116 * (2 - Math.log10(Math.min(100, Math.max(1e-4, e)))) / 6];
    const points = path.slice(0, Math.floor(k) + 1).map((p, t) => [t, apart(p, goal)]).filter(([, e]) => e > 1e-4);
    $(".curve").setAttribute("d", points.map((point, i) => (i ? "L" : "M") + at(...point).map((v) => v.toFixed(1))).join(""));
    $(".grid").innerHTML = [[1e2, "100"], [1, "1"], [1e-2, "0.01"], [1e-4, "10⁻⁴"]].map(([e, label]) => {
      const y = at(0, e)[1];
      return `<path d="M34 ${y}H324"/><text x="30" y="${y + 4}" text-anchor="end">${label}</text>`;
    }).join("") + `<text x="324" y="142" text-anchor="end">step ${STEPS}</text><text x="34" y="142">distance to what tiny steps find</text>`;
  }

  const surface = () => $(".surface").setAttribute("href", shade(surfaces[name], limit, dark()));
  const inside = (v) => Number(Math.max(-limit, Math.min(limit, v)).toFixed(3));
  const stop = () => (cancelAnimationFrame(playing), (playing = 0));
  const moveTo = (x, y) => (stop(), (k = STEPS), (start = [inside(x), inside(y)]), walk());

  const snap = (v) => Math.round(v / STEP) * STEP;
  dragging($(".plane"), (x, y) => moveTo(snap((x - PAD) / unit - limit), snap((SIZE - PAD - y) / unit - limit)));
  arrows($(".start"), (right, down) => moveTo(start[0] + right * STEP, start[1] - down * STEP));
  $(".eta").addEventListener("input", (event) => {
    eta = Number((LOW * (HIGH / LOW) ** event.target.value).toPrecision(3));
    walk();
  });
  $(".k").addEventListener("input", (event) => (stop(), (k = Number(event.target.value)), draw()));
  $(".play").addEventListener("click", () => {
    if (playing) return stop(), draw();
    const from = k >= path.length - 1 ? 0 : k, begin = performance.now();
    const frame = (time) => {
      const steps = Math.max(0, (time - begin) / 1000) * 12; // a second
      k = Math.min(STEPS, from + (STILL.matches ? Math.floor(steps / 4) * 4 : steps));
      playing = k < path.length - 1 ? requestAnimationFrame(frame) : 0;
      draw();
    };
    playing = requestAnimationFrame(frame);
  });
  $(".surfaces").addEventListener("click", (event) => {
    if (!event.target.dataset.name) return;
    name = event.target.dataset.name, start = model.get("starts")[name], k = STEPS;
    stop(), surface(), walk();
  });
  $(".axes").innerHTML = `<rect x="${PAD}" y="${PAD}" width="${SIZE - 2 * PAD}" height="${SIZE - 2 * PAD}"/>`
    + `<text x="${SIZE - PAD}" y="${SIZE - 6}" text-anchor="end">x₁</text><text x="${PAD - 6}" y="${PAD + 10}" text-anchor="end">x₂</text>`;
  $(".ticks").innerHTML = TICKS.map((v) => `<i style="left:${100 * Math.log(v / LOW) / Math.log(HIGH / LOW)}%">${v}</i>`).join("");
  $(".surfaces").hidden = Object.keys(surfaces).length === 1;
  surface();
  walk();
  return stop;
}

export default { render };
