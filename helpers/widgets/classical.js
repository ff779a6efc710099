// K-means and a mixture of Gaussians on points that Python sends once; every step is made here.
const W = 520, H = 400, SPAN = 4.2;

const BODY = `
<div class="controls">
  <span class="kinds group" role="group" aria-label="learner"></span>
  <button class="step">Step</button><button class="run">Run</button><button class="again">Start again</button>
  <label>centres <input class="count" type="range" min="1" max="5" step="1"></label><output></output>
</div>
<svg viewBox="0 0 ${W} ${H}" tabindex="0" role="img"></svg>
<p class="says" role="status" aria-live="polite"></p>
<p class="help">Drag a centre (✖). Keys: 1 to 5 choose one, the arrows move it, Enter makes a step.</p>`;

const MARKS = ["circle", "triangle", "square", "diamond", "bar"];
const EXTRA = [[3, 3], [3, -3]];

function mark(kind, x, y, name) {
  const r = 4.2;
  if (kind === "circle") return `<circle class="${name}" cx="${x}" cy="${y}" r="${r}"/>`;
  if (kind === "square") return `<rect class="${name}" x="${x - r}" y="${y - r}" width="${2 * r}" height="${2 * r}"/>`;
  if (kind === "bar") return `<rect class="${name}" x="${x - 1.8}" y="${y - 6}" width="3.6" height="12"/>`;
  const around = kind === "triangle" ? [[0, -5.5], [5, 4], [-5, 4]] : [[0, -6], [6, 0], [0, 6], [-6, 0]];
  return `<polygon class="${name}" points="${around.map(([a, b]) => `${x + a},${y + b}`).join(" ")}"/>`;
}

/** The shares of the groups in a point, and the logarithm of its density. */
function shares([a, b], groups) {
  const logs = groups.map(({ c, alpha, cov: [p, q, r] }) => {
    const det = p * r - q * q, u = a - c[0], v = b - c[1];
    return Math.log(alpha) - ((r * u * u - 2 * q * u * v + p * v * v) / det + Math.log(det)) / 2 - Math.log(2 * Math.PI);
  });
  const top = Math.max(...logs), all = logs.map((l) => Math.exp(l - top)), sum = all.reduce((s, e) => s + e, 0);
  return [all.map((e) => e / sum), top + Math.log(sum)];
}

function render({ model, el }) {
  el.classList.add("groups");
  el.innerHTML = BODY;
  const $ = (selector) => el.querySelector(selector);
  const dots = model.get("dots"), n = dots.length;
  const x = (v) => W / 2 + (v * H) / (2 * SPAN), y = (v) => H / 2 - (v * H) / (2 * SPAN);
  let kind = "K-means", held = 0, steps = 0, groups = [], still = false;

  function begin(count = groups.length || 3) {
    const places = [...model.get("start"), ...EXTRA].slice(0, count);
    groups = places.map((c) => ({ c: [...c], alpha: 1 / count, cov: [1, 0, 1] }));
    (steps = 0), (still = false), (held = Math.min(held, count - 1));
    draw();
  }

  function joined() {
    return dots.map((dot) => {
      if (kind === "mixture") {
        const [R] = shares(dot, groups);
        return R.indexOf(Math.max(...R));
      }
      const squares = groups.map(({ c }) => (dot[0] - c[0]) ** 2 + (dot[1] - c[1]) ** 2);
      return squares.indexOf(Math.min(...squares));
    });
  }

  function step() {
    const labels = joined(), R = dots.map((dot, i) => (kind === "mixture" ? shares(dot, groups)[0] : groups.map((_, k) => +(labels[i] === k))));
    let moved = 0;
    groups.forEach((group, k) => {
      const N = R.reduce((s, r) => s + r[k], 0);
      if (N < 1e-9) return;
      const mean = [0, 1].map((j) => dots.reduce((s, dot, i) => s + R[i][k] * dot[j], 0) / N);
      moved = Math.max(moved, Math.hypot(mean[0] - group.c[0], mean[1] - group.c[1]));
      group.c = mean;
      if (kind !== "mixture") return;
      const scatter = (i, j) => dots.reduce((s, dot, m) => s + R[m][k] * (dot[i] - mean[i]) * (dot[j] - mean[j]), 0) / N;
      group.alpha = N / n;
      group.cov = [scatter(0, 0) + 1e-3, scatter(0, 1), scatter(1, 1) + 1e-3];
    });
    steps++;
    still = moved < 1e-4;
    draw();
  }

  function worth(labels) {
    if (kind === "mixture") return ["mean log-likelihood", dots.reduce((s, dot) => s + shares(dot, groups)[1], 0) / n];
    return ["inertia", dots.reduce((s, dot, i) => s + (dot[0] - groups[labels[i]].c[0]) ** 2 + (dot[1] - groups[labels[i]].c[1]) ** 2, 0) / n];
  }

  function oval({ c, cov: [p, q, r] }, k) {
    const a = Math.sqrt(p), b = q / a, d = Math.sqrt(Math.max(1e-9, r - b * b));
    const points = Array.from({ length: 61 }, (_, i) => (i * Math.PI) / 30).map((t) => [c[0] + 2 * a * Math.cos(t), c[1] + 2 * (b * Math.cos(t) + d * Math.sin(t))]);
    return `<polygon class="oval g${k}" points="${points.map(([u, v]) => `${x(u).toFixed(1)},${y(v).toFixed(1)}`).join(" ")}"/>`;
  }

  function draw() {
    const labels = joined(), [name, value] = worth(labels);
    $("svg").innerHTML = dots.map((dot, i) => mark(MARKS[labels[i]], x(dot[0]), y(dot[1]), `g${labels[i]}`)).join("") +
      (kind === "mixture" ? groups.map(oval).join("") : "") +
      groups.map(({ c }, k) => `<g class="centre g${k}${k === held ? " held" : ""}" transform="translate(${x(c[0])} ${y(c[1])})"><circle r="13"/><path d="M-7 -7 L7 7 M-7 7 L7 -7"/></g>`).join("");
    $("svg").setAttribute("aria-label", `${n} points and ${groups.length} centres. ${name} ${value.toFixed(3)}.`);
    const counts = groups.map((_, k) => labels.filter((l) => l === k).length);
    $(".says").textContent = `${kind}, step ${steps}: ${name} ${value.toFixed(3)}; rows of each: ${counts.join(", ")}.${still ? " Nothing moves any more." : ""}`;
    Object.assign($(".count"), { value: groups.length });
    $("output").textContent = groups.length;
  }

  const nearest = (u, v) => {
    const far = groups.map(({ c }) => Math.hypot(x(c[0]) - u, y(c[1]) - v));
    return far.indexOf(Math.min(...far));
  };
  let took = false;
  $("svg").addEventListener("pointerdown", (event) => {
    const { x: u, y: v } = place($("svg"), event);
    (held = nearest(u, v)), (took = true);
  });
  dragging($("svg"), (u, v) => {
    if (!took) return;
    groups[held].c = [((u - W / 2) * 2 * SPAN) / H, ((H / 2 - v) * 2 * SPAN) / H];
    (steps = 0), (still = false);
    draw();
  });
  $("svg").addEventListener("lostpointercapture", () => (took = false));
  $("svg").addEventListener("keydown", (event) => {
    if (event.key === "Enter") return event.preventDefault(), step();
    const k = Number(event.key) - 1;
    if (k >= 0 && k < groups.length) (held = k), draw();
  });
  arrows($("svg"), (right, down) => {
    groups[held].c = [groups[held].c[0] + 0.2 * right, groups[held].c[1] - 0.2 * down];
    (steps = 0), (still = false);
    draw();
  });
  el.querySelectorAll("input, svg, button").forEach(keepKeys);
  choices($(".kinds"), ["K-means", "mixture"], (name) => name === kind, (name) => {
    kind = name;
    groups.forEach((group) => Object.assign(group, { alpha: 1 / groups.length, cov: [1, 0, 1] }));
    (steps = 0), (still = false);
    draw();
  });
  $(".step").addEventListener("click", step);
  $(".run").addEventListener("click", () => {
    for (let i = 0; i < 200 && !still; i++) step();
  });
  $(".again").addEventListener("click", () => begin());
  $(".count").addEventListener("input", (event) => begin(+event.target.value));
  begin(3);
}

export default { render };
