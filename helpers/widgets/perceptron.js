// Draws what Python's `run` found and reports `points`; nothing is learned here.
const SIZE = 400, PAD = 30, STEP = 0.05;
const REACH = 1e4; // where the logarithmic scale of mistakes ends
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

const BODY = `
<svg class="plane" viewBox="0 0 ${SIZE} ${SIZE}" role="application"
     aria-label="Points of two classes. Tab goes from point to point, arrow keys move one, Enter flips its label.">
  <defs><pattern id="street" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
    <path d="M0 0V7"/></pattern></defs>
  <path class="silent"/><path class="fires"/><path class="street"/><g class="axes"></g>
  <path class="before"/><path class="line"/><path class="w"/><text class="name">w</text>
  <circle class="ring" r="15"/><g class="points"></g>
</svg>
<div class="side">
  <div class="controls"><button class="play" aria-label="play"></button>
    <input class="k" type="range" min="0" step="1" aria-label="mistake"><output></output></div>
  <p class="what"></p><p class="weights"></p>
  <p class="count"></p>
  <svg class="scale" viewBox="0 0 320 46" aria-hidden="true"><path class="axis"/><g class="ticks"></g>
    <path class="all"/><path class="sofar"/><path class="bound"/><text class="bound" y="9">bound</text></svg>
  <p class="says" role="status"></p>
  <div class="controls"><label>gap <input class="gap" type="range" min="-0.4" max="0.3" step="0.01"></label>
    <button class="reset">Reset</button><button class="xor">XOR</button></div>
  <p class="help">Hatched: the street that the best weights would keep free; γ is half its width, measured with x₀ = 1.
    Drag points; double-click flips a label. Keys: Tab, arrows, Enter.</p>
</div>`;

const vector = (v) => `(${v.map((x) => number(x)).join(", ")})`;
const text = (x, y, anchor, label) => `<text x="${x}" y="${y}" text-anchor="${anchor}">${label}</text>`;
const path = (corners) => corners.map((c, i) => (i ? "L" : "M") + c).join("");

const score = (w, [x, y]) => w[0] + w[1] * x + w[2] * y;

/** What made a mistake of a point. On the line rounding decides whether w fires: that it was a mistake says how. */
function told(w, point) {
  const z = score(w, point), onTheLine = Math.abs(z) < 1e-9 && w.some(Boolean);
  const fired = onTheLine ? point[2] !== 1 : z > 0;
  const link = fired === (point[2] === 1) ? "and" : "but";
  return `label ${point[2]}, ${link} it ${fired ? "fired" : "was silent"}: x = ${vector([1, point[0], point[1]])}`;
}

/** The part of a convex shape, by default a square, where w[0] + w[1] x + w[2] y > 0, and the two ends of its new edge. */
function half(w, limit, shape) {
  const square = shape ?? [[-limit, -limit], [limit, -limit], [limit, limit], [-limit, limit]];
  const area = [], ends = [];
  square.forEach((p, i) => {
    const q = square[(i + 1) % square.length], a = score(w, p), b = score(w, q);
    if (a > 0) area.push(p);
    if (a > 0 !== b > 0) {
      const cut = [0, 1].map((d) => p[d] + (q[d] - p[d]) * a / (a - b));
      area.push(cut), ends.push(cut);
    }
  });
  return { area, ends, square };
}

function render({ model, el }) {
  el.classList.add("perceptron-playground");
  el.innerHTML = BODY;
  el.querySelectorAll("input, button").forEach(keepKeys);
  const $ = (selector) => el.querySelector(selector);
  const limit = model.get("limit"), unit = (SIZE - 2 * PAD) / (2 * limit);
  const px = ([x, y]) => [PAD + (x + limit) * unit, SIZE - PAD - (y + limit) * unit];
  const inside = (x) => Number(Math.max(-limit, Math.min(limit, x)).toFixed(3));
  let k = 0; // mistakes shown; between two whole numbers the line is turning
  let playing = 0, dragged = -1, gap = 0;

  const move = (change) => {
    model.set("points", model.get("points").map((p, i) => change([...p], i)));
    model.save_changes();
  };
  const moveTo = (i, x, y) => move((p, j) => (j === i ? [inside(x), inside(y), p[2]] : p));
  const flip = (i) => move((p, j) => (j === i ? [p[0], p[1], 1 - p[2]] : p));

  function drawPoints() {
    const points = model.get("points"), group = $(".points");
    while (group.childElementCount > points.length) group.lastChild.remove();
    while (group.childElementCount < points.length) {
      const i = group.childElementCount;
      group.insertAdjacentHTML("beforeend", `<path class="point" tabindex="0" role="button" data-i="${i}"/>`);
      keepKeys(group.lastChild);
    }
    points.forEach((p, i) => {
      const mark = group.children[i];
      mark.setAttribute("d", p[2] ? "M-6.5-6.5h13v13h-13z" : "M-7 0a7 7 0 1 0 14 0a7 7 0 1 0 -14 0z");
      mark.setAttribute("transform", `translate(${px(p)})`);
      mark.classList.toggle("one", p[2] === 1);
      mark.setAttribute("aria-label", `point ${i + 1}, label ${p[2]}, at ${vector(p.slice(0, 2))}`);
    });
  }

  function drawLine() {
    const { w, mistaken } = model.get("run"), points = model.get("points");
    const j = Math.ceil(k), last = w[Math.max(0, j - 1)], next = w[j];
    const t = Math.max(0, (k - j + 1 - 0.3) / 0.7), turn = j ? t * t * (3 - 2 * t) : 1; // ring first, then turn
    const now = next.map((x, d) => last[d] + turn * (x - last[d]));
    const { area, ends, square } = half(now, limit), before = half(last, limit).ends;
    const silent = area.length ? half(now.map((x) => -x), limit).area : square;
    $(".fires").setAttribute("d", path(area.map(px)));
    $(".silent").setAttribute("d", path(silent.map(px)));
    $(".line").setAttribute("d", ends.length ? path(ends.map(px)) : "");
    $(".before").setAttribute("d", j && before.length ? path(before.map(px)) : "");
    drawArrow(now, ends, Math.max(...w.map((v) => Math.hypot(v[1], v[2]))));
    const ring = points[mistaken[j - 1]];
    $(".ring").style.display = ring ? "" : "none";
    if (ring) $(".ring").setAttribute("transform", `translate(${px(ring)})`);
  }

  /** The places that the best weights keep free: all points are at least γ away from their plane. */
  function drawStreet() {
    const { best, gamma } = model.get("run"), [b, ...v] = best ?? [0];
    const sides = [[b + gamma, ...v], [gamma - b, ...v.map((x) => -x)]];
    const street = best && half(sides[1], limit, half(sides[0], limit).area).area;
    $(".street").setAttribute("d", street?.length ? path(street.map(px)) + "Z" : "");
  }

  function drawArrow(w, ends, longest) {
    $(".name").textContent = ends.length ? "w" : "";
    if (!ends.length) return $(".w").setAttribute("d", "");
    const [a, b] = ends.map(px), from = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    const x = w[1] / longest * 80, y = -w[2] / longest * 80, n = Math.hypot(x, y), u = [x / n, y / n];
    const tip = [from[0] + x, from[1] + y];
    const barb = (s) => [tip[0] - 8 * u[0] + s * 4 * u[1], tip[1] - 8 * u[1] - s * 4 * u[0]];
    $(".w").setAttribute("d", path([from, tip]) + path([barb(1), tip, barb(-1)]));
    $(".name").setAttribute("transform", `translate(${tip[0] + 11 * u[0]} ${tip[1] + 11 * u[1]})`);
  }

  function write() {
    const { w, mistaken, R, gamma, bound, says, failed } = model.get("run"), points = model.get("points");
    const m = mistaken.length, j = Math.ceil(k), point = points[mistaken[j - 1]];
    $("output").textContent = j ? `mistake ${j} of ${m}` : `start, ${m} to come`;
    $(".what").textContent = point ? told(w[j - 1], point) : "Before it has seen any point.";
    $(".weights").textContent = "w: " + (point ? vector(w[j - 1]) + " → " : "") + vector(w[j]);
    const ratio = bound === null ? "" : `(${number(R)}/${number(gamma, gamma < 0.1 ? 4 : 2)})² = `;
    $(".count").innerHTML = `Mistakes so far: <b>${j}</b><br>Novikoff's bound (R/γ)² = ${ratio}`
      + (bound === null ? "<b>∞</b>, as γ ≤ 0" : `<b>${number(bound, bound < 10 ? 1 : 0)}</b>`);
    $(".says").textContent = says;
    $(".says").classList.toggle("failed", failed);
    Object.assign($(".k"), { max: m, value: j, disabled: !m });
    $(".k").setAttribute("aria-valuetext", `${$("output").textContent}: ${$(".what").textContent}`);
    $(".play").textContent = playing ? "❚❚" : "▶";
    $(".play").setAttribute("aria-label", playing ? "pause" : "play");
    $(".play").disabled = !m;
    const at = (n) => 1 + 318 * Math.log10(Math.min(Math.max(n, 1), REACH)) / Math.log10(REACH);
    const bar = (n) => (n ? `M1 14H${Math.max(4, at(n))}V26H1z` : "");
    $(".all").setAttribute("d", bar(m));
    $(".sofar").setAttribute("d", bar(j));
    const off = bound === null || bound > REACH, end = at(bound ?? REACH);
    $("path.bound").setAttribute("d", off ? "M296 20h22m-6 -5l6 5l-6 5" : `M${end} 12V30`);
    $("text.bound").setAttribute("x", Math.max(18, Math.min(302, end)));
  }

  const draw = () => (drawPoints(), drawStreet(), drawLine(), write());
  const show = (to) => ((k = to), drawLine(), write());
  const stop = () => (cancelAnimationFrame(playing), (playing = 0));

  function play(from) {
    const m = model.get("run").mistaken.length, speed = Math.max(1, m / 12); // mistakes per second
    const begin = performance.now() - 1000 * from / speed;
    const frame = (time) => {
      const to = Math.min(m, Math.max(from, (time - begin) / 1000 * speed));
      playing = to < m ? requestAnimationFrame(frame) : 0;
      show(STILL.matches ? Math.floor(to) : to);
    };
    playing = requestAnimationFrame(frame);
  }

  const axes = [-1, 0, 1].map((v) => {
    const [x, y] = px([v, v]);
    return text(x, SIZE - PAD + 17, "middle", number(v)) + text(PAD - 8, y + 4, "end", number(v));
  });
  axes.push(text(SIZE - PAD, SIZE - PAD + 17, "end", "x₁"), text(PAD - 8, PAD + 8, "end", "x₂"));
  $(".axes").innerHTML = axes.join("");
  $(".axis").setAttribute("d", "M1 30H319");
  const ticks = ["1", "10", "100", "1000", "10⁴"].map((name, i) => {
    const x = 1 + 79.5 * i;
    return `<path d="M${x} 28v4"/>` + text(x, 44, ["start", "middle", "middle", "middle", "end"][i], name);
  });
  $(".ticks").innerHTML = ticks.join("");
  $(".gap").value = 0;

  const plane = $(".plane");
  plane.addEventListener("pointerdown", (event) => {
    dragged = Number(event.target.dataset.i ?? -1);
    if (dragged < 0) return;
    stop();
    event.target.setPointerCapture(event.pointerId);
  });
  plane.addEventListener("pointermove", (event) => {
    if (dragged < 0) return;
    const at = place(plane, event);
    const snap = (x) => Math.round(x / STEP) * STEP;
    moveTo(dragged, snap((at.x - PAD) / unit - limit), snap((SIZE - PAD - at.y) / unit - limit));
  });
  plane.addEventListener("lostpointercapture", () => (dragged = -1));
  plane.addEventListener("dblclick", (event) => event.target.dataset.i && flip(Number(event.target.dataset.i)));
  plane.addEventListener("keydown", (event) => {
    const i = Number(event.target.dataset.i), [x, y] = model.get("points")[i] ?? [];
    const by = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[event.key];
    if (x === undefined || !(by || event.key === "Enter" || event.key === " ")) return;
    event.preventDefault();
    by ? moveTo(i, x + by[0], y + by[1]) : flip(i);
  });
  $(".k").addEventListener("input", (event) => (stop(), show(Number(event.target.value))));
  $(".play").addEventListener("click", () => {
    if (playing) return stop(), show(Math.round(k));
    play(k >= model.get("run").mistaken.length ? 0 : k);
  });
  $(".gap").addEventListener("input", (event) => {
    const by = Number(event.target.value) - gap;
    gap += by;
    stop();
    move(([x, y, label]) => [inside(x + (2 * label - 1) * by * 0.6), inside(y + (2 * label - 1) * by * 0.8), label]);
  });
  const scene = (name) => {
    $(".gap").value = gap = 0;
    stop();
    model.set("points", model.get("scenes")[name].map((p) => [...p]));
    model.save_changes();
  };
  $(".reset").addEventListener("click", () => scene("clouds"));
  $(".xor").addEventListener("click", () => scene("xor"));
  let shown = model.get("run");
  const learned = () => {
    const m = model.get("run").mistaken.length, end = k >= shown.mistaken.length;
    shown = model.get("run");
    k = end ? m : Math.min(Math.round(k), m);
    draw();
  };
  model.on("change:run", learned);
  model.on("change:points", drawPoints);
  draw();
  return () => (stop(), model.off("change:run", learned), model.off("change:points", drawPoints));
}

export default { render };
