// Draws what Python's `trace` found and reports `scene` and `inputs`; nothing is differentiated here.
const X = 152, Y = 92, LEFT = 46, TOP = 42, W = 82, H = 62; // spacing, margins, size of a node
const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const PAUSE = 1100;

const BODY = `
<div class="controls tabs" role="group" aria-label="graph"></div>
<div class="controls inputs"></div>
<svg class="graph" viewBox="0 0 852 270" tabindex="0" role="application"
     aria-label="A computation graph. Arrow keys step forward and back, Home and End jump, Space plays.">
  <defs><marker id="bp-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="10" markerHeight="10"
    markerUnits="userSpaceOnUse" orient="auto">
    <path d="M0 0L8 4L0 8z"/></marker><marker id="bp-back" class="gradient" viewBox="0 0 8 8" refX="1" refY="4"
    markerWidth="10" markerHeight="10" markerUnits="userSpaceOnUse" orient="auto">
    <path d="M8 0L0 4L8 8z"/></marker></defs>
  <g class="edges"></g><g class="nodes"></g><g class="labels"></g><circle class="token" r="6"/>
</svg>
<p class="says" role="status" aria-live="polite"></p>
${STEPPER}
<p class="help"><b class="value">values</b> from left to right, then <b class="grad">gradients</b> from right to left.
  An orange × is a local derivative. Keys: ← → Home End Space.</p>`;

const fixed = (x) => (Math.round(x * 100) / 100 + 0).toFixed(2).replace("-", "−");

function render({ model, el }) {
  el.classList.add("backprop-stepper");
  el.innerHTML = BODY;
  el.querySelectorAll("input, button, svg.graph").forEach(keepKeys);
  const $ = (selector) => el.querySelector(selector);
  let frame = 0;

  const px = ([x, y]) => [LEFT + x * X, TOP + y * Y];
  const last = () => model.get("trace").says.length - 1;
  const twins = (e, edges) => edges.some((o) => o.twin && o.consumer === e.consumer && o.parent === e.parent);

  /** From the parent's right side to the consumer's left; two uses by one consumer bend apart. */
  function curve(e, { nodes, edges }) {
    const [x1, y1] = px(nodes[e.parent].at), [x2, y2] = px(nodes[e.consumer].at);
    const bend = twins(e, edges) ? (e.twin ? 26 : -26) : 0;
    const from = [x1 + W / 2, y1], to = [x2 - W / 2 - 2, y2], mid = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2 + bend];
    const t = e.twin || x2 - x1 < 1.4 * X ? 0.5 : 0.3; // long edges cross half-way
    const label = bend ? mid : [0, 1].map((i) => from[i] + t * (to[i] - from[i]));
    return { from, to, label, d: `M${from}Q${[mid[0], mid[1] + bend]} ${to}` };
  }

  function build() {
    const run = model.get("trace");
    $(".edges").innerHTML = run.edges.map((e) => `<path d="${curve(e, run).d}"/>`).join("");
    $(".nodes").innerHTML = run.nodes.map((n) => {
      const [x, y] = px(n.at);
      return `<g transform="translate(${x},${y})"><rect x="${-W / 2}" y="${-H / 2}" width="${W}" height="${H}" rx="8"/>
        <text class="name" y="-14">${n.formula ? `${n.name} = ${n.formula}` : n.name}</text>
        <text class="value" y="6"></text><text class="grad" y="24"></text></g>`;
    }).join("");
    $(".labels").innerHTML = run.edges.map((e) => {
      const { label } = curve(e, run);
      return `<g transform="translate(${label})"><rect x="-23" y="-9" width="46" height="18" rx="3"/>
        <text y="4">×${fixed(e.local)}</text></g>`;
    }).join("");
  }

  function draw(k, on) {
    const run = model.get("trace"), F = run.forward.length, passed = k - F - 1; // edges passed; -1: not seeded yet
    const grads = new Map(passed >= 0 ? [[run.nodes.length - 1, 1]] : []);
    run.edges.forEach((e, i) => {
      const path = $(".edges").children[i], label = $(".labels").children[i], now = i === passed - 1;
      if (i < passed) grads.set(e.parent, e.total);
      path.setAttribute("class", now ? "now" : i < passed ? "passed" : "");
      path.setAttribute("marker-start", i < passed ? "url(#bp-back)" : "none"); // gradients travel back
      path.setAttribute("marker-end", i < passed ? "none" : "url(#bp-tip)");
      label.setAttribute("class", now ? "now" : i < passed ? "passed" : "hidden");
    });
    const fresh = k === 0 ? -1 : k <= F ? run.forward[k - 1]
      : passed === 0 ? run.nodes.length - 1 : run.edges[passed - 1].parent;
    run.nodes.forEach((n, i) => {
      const group = $(".nodes").children[i], known = !n.formula || run.forward.indexOf(i) < k;
      group.setAttribute("class", i === fresh ? "now" : "");
      group.querySelector(".value").textContent = known ? fixed(n.value) : "";
      group.querySelector(".grad").textContent = grads.has(i) ? fixed(grads.get(i)) : "";
    });
    on ? carry(passed - 1) : ($(".token").style.display = "none");
  }

  /** A dot carries the gradient along the edge that was just passed, from the consumer to the parent. */
  function carry(i) {
    cancelAnimationFrame(frame);
    const token = $(".token");
    token.style.display = "none";
    if (i < 0 || STILL.matches) return;
    const path = $(".edges").children[i], length = path.getTotalLength(), began = performance.now();
    token.style.display = "";
    const move = (now) => {
      const t = Math.min(1, (now - began) / 450), at = path.getPointAtLength(length * (1 - t));
      token.setAttribute("transform", `translate(${at.x},${at.y})`);
      if (t < 1) frame = requestAnimationFrame(move);
      else token.style.display = "none";
    };
    frame = requestAnimationFrame(move);
  }

  function sliders() {
    const inputs = model.get("inputs"), range = model.get("range");
    $(".inputs").innerHTML = Object.entries(inputs).map(([name, value]) =>
      `<label><i>${name}</i><input type="range" min="${-range}" max="${range}" step="0.05" value="${value}"
        data-name="${name}" aria-label="input ${name}"><span>${fixed(value)}</span></label>`).join("");
    $(".inputs").querySelectorAll("input").forEach((input) => {
      keepKeys(input);
      const mark = (on) => () => $(".nodes").children[model.get("trace").nodes.findIndex((n) => n.name === input.dataset.name)]
        .classList.toggle("linked", on);
      for (const [event, on] of [["pointerenter", true], ["focus", true], ["pointerleave", false], ["blur", false]]) {
        input.addEventListener(event, mark(on));
      }
      input.addEventListener("input", () => {
        input.nextElementSibling.textContent = fixed(Number(input.value));
        model.set("inputs", { ...model.get("inputs"), [input.dataset.name]: Number(input.value) });
        model.save_changes();
      });
    });
  }

  const steps = stepper($, $("svg.graph"), { last, draw, says: (k) => model.get("trace").says[k], unit: "step", pause: PAUSE });
  const changed = () => (build(), steps.again());
  model.on("change:trace", changed);
  choices($(".tabs"), Object.keys(model.get("scenes")), (name) => name === model.get("scene"), (name) => {
    steps.restart();
    model.set("scene", name);
    model.set("inputs", { ...model.get("scenes")[name] });
    model.save_changes();
    sliders();
  });
  sliders(), changed();
  return () => (steps.stop(), cancelAnimationFrame(frame), model.off("change:trace", changed));
}

export default { render };
