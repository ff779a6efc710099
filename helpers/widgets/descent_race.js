// Draws what Python's `race` found and reports `setting`; the student's optimisers run in Python.
const SIZE = 400, PAD = 24, STEP = 0.05;
const STILL = matchMedia("(prefers-reduced-motion: reduce)");
// the later ones are smaller, so that all are seen where they end on one point
const MARKS = ["M-9 -9h18v18h-18z", "M-6.5 0a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0 -13 0z", "M0 -5.5L5 3.5H-5z"];

const BODY = `
<svg class="plane" viewBox="0 0 ${SIZE} ${SIZE}" role="application"
     aria-label="A valley seen from above with three walks. Drag the start, or move it with the arrow keys.">
  <clipPath><rect x="${PAD}" y="${PAD}" width="${SIZE - 2 * PAD}" height="${SIZE - 2 * PAD}"/></clipPath>
  <g class="inner"><g class="levels"></g><g class="walks"></g></g><g class="axes"></g>
  <circle class="start" r="9" tabindex="0" role="button"/>
</svg>
<div class="side">
  <div class="controls"><button class="play" aria-label="play"></button>
    <input class="k" type="range" min="0" step="1" aria-label="step"><output class="steps"></output></div>
  <div class="rows"></div>
  <div class="controls"><label>β <input class="beta" type="range" min="0" max="0.99" step="0.01" aria-label="beta of momentum"></label>
    <output class="betas"></output><button class="tune">Give each its best η</button></div>
  <div class="controls"><label>narrow <input class="c" type="range" min="0" max="2.3" step="0.05" aria-label="condition number"></label><output class="cs"></output></div>
  <div class="controls"><label>turn <input class="angle" type="range" min="0" max="90" step="5" aria-label="angle"></label><output class="angles"></output></div>
  <svg class="chart" viewBox="0 0 330 150" aria-hidden="true"><g class="grid"></g><g class="curves"></g></svg>
  <p class="says" role="status"></p>
  <p class="help">Drag the start or click anywhere. Keys: Tab, arrows.</p>
</div>`;

const short = (x) => Number(x.toPrecision(3)).toLocaleString("en", { maximumFractionDigits: 6 });

function render({ model, el }) {
  el.classList.add("descent", "descent-race");
  el.innerHTML = BODY;
  const $ = (selector) => el.querySelector(selector);
  const names = model.get("names"), ends = model.get("ends"), limit = model.get("limit"), most = model.get("most");
  const unit = (SIZE - 2 * PAD) / (2 * limit), inside = (v) => Number(Math.max(-limit, Math.min(limit, v)).toFixed(3));
  const px = ([x, y]) => [PAD + (x + limit) * unit, SIZE - PAD - (y + limit) * unit];
  const clip = "clip-" + Math.random().toString(36).slice(2);
  $("clipPath").id = clip;
  $(".inner").setAttribute("clip-path", `url(#${clip})`);
  const longest = () => Math.max(...model.get("race").paths.map((p) => p.length)) - 1;
  let k = longest(), playing = 0, whole = true; // whole: the walks are shown to their end

  names.forEach((name, i) => {
    $(".walks").insertAdjacentHTML("beforeend", `<g class="o${i}"><path class="walk"/><path class="mark" d="${MARKS[i]}"/></g>`);
    $(".curves").insertAdjacentHTML("beforeend", `<path class="curve o${i}"/>`);
    $(".rows").insertAdjacentHTML("beforeend", `<div class="controls o${i}"><svg class="key" viewBox="-10 -10 20 20"><path class="mark" d="${MARKS[i]}"/></svg>
      <label><span>${name}</span> <input type="range" min="0" max="1" step="0.005" data-i="${i}" aria-label="learning rate of ${name}"></label><output></output></div>`);
  });
  el.querySelectorAll("input, button, .start").forEach(keepKeys);

  const set = (change) => {
    model.set("setting", { ...model.get("setting"), ...change });
    model.save_changes();
  };
  const far = (p) => p.map((v) => Math.max(-4000, Math.min(4000, v)).toFixed(1));

  function levels() {
    const { c, angle } = model.get("setting"), [x, y] = px([0, 0]);
    $(".levels").setAttribute("transform", `translate(${x} ${y}) rotate(${-angle})`);
    $(".levels").innerHTML = Array.from({ length: 12 }, (_, i) => 0.04 * 1.9 ** i).reverse().map((J) => {
      const r = Math.sqrt(2 * J) * unit;
      return `<ellipse rx="${r}" ry="${r / Math.sqrt(c)}"/>`;
    }).join("");
  }

  function draw() {
    const { paths, losses, arrived, says, failed } = model.get("race"), { c, angle, start, etas, beta } = model.get("setting");
    const t = Math.min(Math.floor(k), longest());
    const at = (step, J) => [34 + 290 * step / most, 8 + 116 * (2 - Math.log10(Math.min(100, Math.max(1e-6, J)))) / 8];
    names.forEach((name, i) => {
      const shown = paths[i].slice(0, t + 1), last = shown[shown.length - 1];
      $(`.walks .o${i} .walk`).setAttribute("d", "M" + shown.map((p) => far(px(p))).join("L"));
      $(`.walks .o${i} .mark`).setAttribute("transform", `translate(${far(px(last))})`);
      $(`.curve.o${i}`).setAttribute("d", drawn(losses[i].slice(0, t + 1), at));
      const row = $(`.rows .o${i}`), [low, high] = ends[i], out = paths[i].length <= most;
      row.querySelector("input").value = Math.log(etas[i] / low) / Math.log(high / low);
      const result = out ? "escapes" : arrived[i] === null ? `not in ${most}` : `${arrived[i]} steps`;
      row.querySelector("output").innerHTML = `η = ${short(etas[i])}<b>${result}</b>`;
      row.querySelector("input").setAttribute("aria-valuetext", `${short(etas[i])}, ${result}`);
    });
    $(".grid").innerHTML = [[1e2, "100"], [1, "1"], [1e-2, "0.01"], [1e-4, "10⁻⁴"], [1e-6, "10⁻⁶"]].map(([J, label]) => {
      const y = at(0, J)[1];
      return `<path d="M34 ${y}H324"/><text x="30" y="${y + 4}" text-anchor="end">${label}</text>`;
    }).join("") + `<text x="34" y="142">J</text><text x="324" y="142" text-anchor="end">step ${most}</text>`;
    const [x, y] = px(start);
    $(".start").setAttribute("transform", `translate(${x} ${y})`);
    $(".start").setAttribute("aria-label", `start at (${short(start[0])}, ${short(start[1])})`);
    $(".beta").value = beta;
    $(".betas").textContent = number(beta);
    $(".c").value = Math.log10(c);
    $(".cs").textContent = `c = ${short(c)}`;
    $(".angle").value = angle;
    $(".angles").textContent = `${angle}°`;
    Object.assign($(".k"), { max: longest(), value: t });
    $(".steps").textContent = `step ${t}`;
    $(".play").textContent = playing ? "❚❚" : "▶";
    $(".play").setAttribute("aria-label", playing ? "pause" : "play");
    $(".says").textContent = says;
    $(".says").classList.toggle("failed", failed);
  }

  const drawn = (losses, at) => losses.map((J, step) => [step, J]).filter(([, J]) => J > 1e-6)
    .map((point, i) => (i ? "L" : "M") + at(...point).map((v) => v.toFixed(1))).join("");
  const stop = () => (cancelAnimationFrame(playing), (playing = 0));
  const moveTo = (x, y) => (stop(), set({ start: [inside(x), inside(y)] }));
  const snap = (v) => Math.round(v / STEP) * STEP;
  dragging($(".plane"), (x, y) => moveTo(snap((x - PAD) / unit - limit), snap((SIZE - PAD - y) / unit - limit)));
  arrows($(".start"), (right, down) => {
    const [x, y] = model.get("setting").start;
    moveTo(x + right * STEP, y - down * STEP);
  });
  $(".rows").addEventListener("input", (event) => {
    const i = Number(event.target.dataset.i), [low, high] = ends[i], etas = [...model.get("setting").etas];
    etas[i] = Number((low * (high / low) ** event.target.value).toPrecision(3));
    set({ etas });
  });
  $(".beta").addEventListener("input", (event) => set({ beta: Number(event.target.value) }));
  $(".c").addEventListener("input", (event) => set({ c: Number((10 ** event.target.value).toPrecision(3)) }));
  $(".angle").addEventListener("input", (event) => {
    const { angle, start: [x, y] } = model.get("setting"), to = Number(event.target.value);
    const turn = (to - angle) * Math.PI / 180, c = Math.cos(turn), s = Math.sin(turn);
    set({ angle: to, start: [c * x - s * y, s * x + c * y] }); // the start turns with the valley
  });
  $(".tune").addEventListener("click", () => set({ tune: true }));
  $(".k").addEventListener("input", (event) => (stop(), (k = Number(event.target.value)), (whole = k === longest()), draw()));
  $(".play").addEventListener("click", () => {
    if (playing) return stop(), draw();
    const from = k >= longest() ? 0 : k, begin = performance.now();
    const frame = (time) => {
      const steps = Math.max(0, (time - begin) / 1000) * 20; // a second
      k = Math.min(longest(), from + (STILL.matches ? Math.floor(steps / 10) * 10 : steps));
      playing = k < longest() ? requestAnimationFrame(frame) : 0;
      whole = !playing;
      draw();
    };
    playing = requestAnimationFrame(frame);
  });
  const answered = () => {
    if (!playing) k = whole ? longest() : Math.min(k, longest());
    draw();
  };
  const changed = () => (levels(), draw());
  $(".axes").innerHTML = `<rect x="${PAD}" y="${PAD}" width="${SIZE - 2 * PAD}" height="${SIZE - 2 * PAD}"/>`
    + `<text x="${SIZE - PAD}" y="${SIZE - 6}" text-anchor="end">w₁</text><text x="${PAD - 6}" y="${PAD + 10}" text-anchor="end">w₂</text>`;
  model.on("change:race", answered);
  model.on("change:setting", changed);
  changed();
  return () => (stop(), model.off("change:race", answered), model.off("change:setting", changed));
}

export default { render };
