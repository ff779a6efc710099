// The heavy ball in a valley: its learning rate and momentum are a point of a map, all in the browser.
const SIZE = 360, PAD = 34, STEPS = 200, FAR = 1e3, N = 160;
const WIDE = 4, START = [-1.7, 0.35]; // the map reaches to ηκ = 4, the last place where anything converges
const STILL = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)") ?? { matches: false };

const BODY = `
<svg class="plane map" viewBox="0 0 ${SIZE} ${SIZE}" role="application"
     aria-label="A map of learning rates and momentums, darker where fewer steps are needed. Drag the point, or move it with the arrow keys.">
  <image x="${PAD}" y="${PAD}" width="${SIZE - 2 * PAD}" height="${SIZE - 2 * PAD}"/><g class="axes"></g><g class="lines"></g>
  <path class="best" d="M0-9L2.3-3.1 8.6-2.8 3.7 1.2 5.3 7.3 0 3.8-5.3 7.3-3.7 1.2-8.6-2.8-2.3-3.1z"/>
  <circle class="start" r="9" tabindex="0" role="button"/>
</svg>
<div class="side">
  <svg class="valley" viewBox="0 0 400 260" aria-hidden="true"><clipPath><rect width="400" height="260"/></clipPath>
    <g class="inner"><g class="levels"></g><path class="walk"/><g class="dots"></g></g></svg>
  <div class="controls"><label>η <input class="eta" type="range" min="0" max="1" step="0.005" aria-label="learning rate times largest curvature"></label><output class="etas"></output></div>
  <div class="controls"><label>β <input class="beta" type="range" min="0" max="0.99" step="0.01" aria-label="momentum"></label><output class="betas"></output></div>
  <div class="controls"><label>narrow <input class="c" type="range" min="0" max="2.3" step="0.05" aria-label="condition number"></label><output class="cs"></output></div>
  <div class="controls"><button class="play" aria-label="play"></button>
    <input class="k" type="range" min="0" max="${STEPS}" step="1" aria-label="steps shown"><output class="steps"></output></div>
  <p class="regime" role="status"></p><p class="factors"></p>
  <svg class="chart" viewBox="0 0 330 120" aria-hidden="true"><g class="grid"></g><path class="curve"/></svg>
  <p class="help">Drag the point or click anywhere on the map. ★ is the best. The bottom edge is plain descent. Keys: Tab, arrows.</p>
</div>`;

/** The size of the factor by which the heavy ball's error shrinks where the curvature times η is `a`: the larger root of
 *  z² − (1 + β − a) z + β in size; and what its errors do. */
export function factor(a, beta) {
  const middle = 1 + beta - a, under = middle * middle - 4 * beta;
  if (under < 0) return [Math.sqrt(beta), "ripples"];
  const size = (Math.abs(middle) + Math.sqrt(under)) / 2;
  return [size, size > 1 + 1e-9 ? "escapes" : size > 1 - 1e-9 ? "never rests" : middle < 0 ? "jumps from side to side" : "crawls"];
}
/** The factor of a valley with curvatures 1 and c, with η given times c: the larger of the two directions'. */
export const slowest = (share, beta, c) => Math.max(factor(share, beta)[0], factor(share / c, beta)[0]);
export const best = (c) => [(2 / (1 + 1 / Math.sqrt(c))) ** 2, ((Math.sqrt(c) - 1) / (Math.sqrt(c) + 1)) ** 2];

export function roll(c, start, eta, beta, steps) {
  const path = [start], v = [0, 0];
  for (let t = 0; t < steps; t++) {
    const next = path[t].map((w, i) => ((v[i] = beta * v[i] + [1, c][i] * w), w - eta * v[i]));
    if (!(Math.max(...next.map(Math.abs)) < FAR)) break;
    path.push(next);
  }
  return path;
}

/** The first step from which the error stays below 1/1000 of the first, or −1. */
export function arrival(path) {
  if (path.length <= STEPS) return -1;
  const late = path.findLastIndex((p) => Math.hypot(...p) > Math.hypot(...path[0]) / 1000);
  return late < STEPS ? late + 1 : -1;
}

const short = (x) => Number(x.toPrecision(3)).toLocaleString("en", { maximumFractionDigits: 6 });

function shade(c, dark) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = N;
  const context = canvas.getContext("2d"), image = context.createImageData(N, N);
  for (let k = 0; k < N * N; k++) {
    const rho = slowest(WIDE * ((k % N) + 0.5) / N, 1 - (Math.floor(k / N) + 0.5) / N, c);
    const digits = rho < 1 ? Math.log(10) / -Math.log(Math.max(rho, 1e-3)) : 0; // steps for each digit
    const tone = Math.max(0, Math.min(1, 1 - Math.log(digits / 2) / Math.log(150)));
    const [rgb, alpha] = rho < 1 ? [dark ? [86, 180, 233] : [0, 114, 178], 30 + 215 * Math.floor(tone * 10) / 10]
      : [dark ? [230, 159, 0] : [194, 85, 0], 60];
    image.data.set([...rgb, alpha], 4 * k);
  }
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

function render({ model, el }) {
  el.classList.add("descent", "descent-ball");
  el.innerHTML = BODY;
  const $ = (selector) => el.querySelector(selector), room = SIZE - 2 * PAD;
  const px = (share, beta) => [PAD + room * share / WIDE, SIZE - PAD - room * beta];
  const clip = "clip-" + Math.random().toString(36).slice(2);
  $("clipPath").id = clip;
  $(".inner").setAttribute("clip-path", `url(#${clip})`);
  const dark = () => document.body.dataset.jpThemeLight === "false" || matchMedia("(prefers-color-scheme: dark)").matches
    && !document.body.dataset.jpThemeLight;
  let { c, share, beta } = model.get("start"), k = STEPS, playing = 0, path = [];
  el.querySelectorAll("input, button, .start").forEach(keepKeys);

  const on = ([x, y]) => [200 + 100 * x, 130 - 100 * y];
  function walk() {
    path = roll(c, START, share / c, beta, STEPS);
    draw();
  }
  function valley() {
    $("image").setAttribute("href", shade(c, dark()));
    $(".levels").innerHTML = Array.from({ length: 12 }, (_, i) => 0.04 * 1.9 ** i).reverse().map((J) =>
      `<ellipse cx="200" cy="130" rx="${100 * Math.sqrt(2 * J)}" ry="${100 * Math.sqrt(2 * J / c)}"/>`).join("");
    const [x, y] = px(...best(c)), border = [px(2, 0), px(4, 1)];
    $(".best").setAttribute("transform", `translate(${x} ${y})`);
    $(".lines").innerHTML = `<path d="M${border.join("L")}"/><text x="${border[0][0] + 34}" y="${border[0][1] - 12}">escapes</text>`;
  }
  function says() {
    const told = [["Along the valley", share / c], ["across", share]].map(([where, a]) => {
      const [size, does] = factor(a, beta);
      return `${where} it ${does} (factor <b>${number(size, 3)}</b>)`;
    });
    const rho = slowest(share, beta, c), at = arrival(path);
    if (path.length <= STEPS || rho > 1 + 1e-9) return ["bad", "Escapes: η is above 2(1 + β)/κ.", told];
    const how = at < 0 ? `Not there after ${STEPS} steps.` : `There (1/1000 of the error) after ${at} steps.`;
    const high = Math.max(...path.map((p) => Math.abs(p[1]))) / Math.abs(START[1]);
    const swing = high > 1.05 ? ` On the way it swings ${number(high, 1)} times as high as it started.` : "";
    return [at < 0 ? "odd" : "good", how + swing, told];
  }
  function draw() {
    const shown = path.slice(0, Math.floor(k) + 1), far = (p) => on(p).map((v) => Math.max(-4000, Math.min(4000, v)).toFixed(1));
    $(".walk").setAttribute("d", "M" + shown.map(far).join("L"));
    $(".dots").innerHTML = shown.map((p) => `<circle cx="${far(p)[0]}" cy="${far(p)[1]}" r="3"/>`).join("");
    const [mood, sentence, told] = says(), [x, y] = px(share, beta);
    el.dataset.mood = mood;
    $(".regime").textContent = sentence;
    $(".factors").innerHTML = `${told.join(", ")}.`;
    $(".start").setAttribute("transform", `translate(${x} ${y})`);
    $(".start").setAttribute("aria-label", `η ${short(share / c)}, β ${number(beta)}. ${sentence}`);
    $(".eta").value = share / WIDE;
    $(".etas").textContent = short(share / c);
    $(".beta").value = beta;
    $(".betas").textContent = number(beta);
    $(".c").value = Math.log10(c);
    $(".cs").textContent = `c = ${number(c, 1)}`;
    $(".k").value = k;
    $(".steps").textContent = `${Math.min(Math.floor(k), path.length - 1)} steps`;
    $(".play").textContent = playing ? "❚❚" : "▶";
    $(".play").setAttribute("aria-label", playing ? "pause" : "play");
    const at = (t, e) => [34 + 290 * t / STEPS, 8 + 88 * (2 - Math.log10(Math.min(100, Math.max(1e-4, e)))) / 6];
    const points = shown.map((p, t) => [t, Math.hypot(...p)]).filter(([, e]) => e > 1e-4);
    $(".curve").setAttribute("d", points.map((point, i) => (i ? "L" : "M") + at(...point).map((v) => v.toFixed(1))).join(""));
    $(".grid").innerHTML = [[1e2, "100"], [1, "1"], [1e-2, "0.01"], [1e-4, "10⁻⁴"]].map(([e, label]) =>
      `<path d="M34 ${at(0, e)[1]}H324"/><text x="30" y="${at(0, e)[1] + 4}" text-anchor="end">${label}</text>`).join("")
      + `<text x="34" y="114">error</text><text x="324" y="114" text-anchor="end">step ${STEPS}</text>`;
  }

  const stop = () => (cancelAnimationFrame(playing), (playing = 0));
  const moveTo = (a, b) => {
    stop(), (k = STEPS);
    share = Number(Math.max(0.02, Math.min(WIDE, a)).toFixed(3)), beta = Number(Math.max(0, Math.min(0.99, b)).toFixed(2));
    walk();
  };
  dragging($(".map"), (x, y) => moveTo(WIDE * (x - PAD) / room, (SIZE - PAD - y) / room));
  arrows($(".start"), (right, down) => moveTo(share + 0.02 * right, beta - 0.01 * down));
  $(".eta").addEventListener("input", (event) => moveTo(WIDE * event.target.value, beta));
  $(".beta").addEventListener("input", (event) => moveTo(share, Number(event.target.value)));
  $(".c").addEventListener("input", (event) => (stop(), (c = Number((10 ** event.target.value).toPrecision(3))), valley(), walk()));
  $(".k").addEventListener("input", (event) => (stop(), (k = Number(event.target.value)), draw()));
  $(".play").addEventListener("click", () => {
    if (playing) return stop(), draw();
    const from = k >= path.length - 1 ? 0 : k, begin = performance.now();
    const frame = (time) => {
      const steps = Math.max(0, (time - begin) / 1000) * 16; // a second
      k = Math.min(STEPS, from + (STILL.matches ? Math.floor(steps / 8) * 8 : steps));
      playing = k < path.length - 1 ? requestAnimationFrame(frame) : 0;
      draw();
    };
    playing = requestAnimationFrame(frame);
  });
  const ticks = [0, 1, 2, 3, 4].map((v) => `<text x="${px(v, 0)[0]}" y="${SIZE - PAD + 15}" text-anchor="middle">${v}</text>`)
    .concat([0, 0.5, 1].map((v) => `<text x="${PAD - 6}" y="${px(0, v)[1] + 4}" text-anchor="end">${v}</text>`));
  $(".axes").innerHTML = `<rect x="${PAD}" y="${PAD}" width="${room}" height="${room}"/>${ticks.join("")}`
    + `<text x="${SIZE - PAD}" y="${SIZE - 4}" text-anchor="end">η times the largest κ</text><text x="${PAD}" y="${PAD - 8}">β</text>`;
  valley();
  walk();
  return stop;
}

export default { render };
