// Reports `drawn` (ink, shift, switches) and draws what Python has `seen`; nothing is read here.
const UNIT = 20; // canvas pixels for one of the picture's
const PEN = 1.25; // radius of the pen, in pixels of the picture

const BODY = `
<div class="paper"><p class="title">draw here</p>
  <canvas class="pad" tabindex="0" role="application"
    aria-label="Draw a digit. Arrow keys move the pen, Space puts it down and lifts it, Delete clears."></canvas>
  <div class="controls"><button class="clear">Clear</button><span class="group examples" role="group" aria-label="examples"></span></div></div>
<div class="sight"><p class="title">what it sees</p><canvas class="view" role="img"></canvas>
  <label class="row">→ <input class="dx" type="range" step="1" aria-label="shift to the right"><output></output></label>
  <label class="row">↓ <input class="dy" type="range" step="1" aria-label="shift down"><output></output></label>
  <label class="row"><input class="centred" type="checkbox"> centre and scale as MNIST does</label></div>
<div class="told"><p class="title">what it reads</p><div class="bars" role="radiogroup" aria-label="digit"></div>
  <p class="says" role="status" aria-live="polite"></p></div>
<p class="help">Mouse or finger draws. Keys in the picture: ← → ↑ ↓ move the pen, Space puts it down or lifts it, Delete clears.</p>`;

function render({ model, el }) {
  el.classList.add("digit-canvas");
  el.innerHTML = BODY;
  el.querySelectorAll("input, button, canvas").forEach(keepKeys);
  const $ = (selector) => el.querySelector(selector);
  const n = model.get("size"), reach = model.get("reach"), pad = $(".pad"), view = $(".view");
  for (const canvas of [pad, view]) canvas.width = canvas.height = n * UNIT;
  for (const name of ["dx", "dy"]) Object.assign($(`.${name}`), { min: -reach, max: reach, value: model.get("drawn")[name] });
  let ink = Uint8ClampedArray.from(model.get("drawn").ink), pen = { x: n / 2, y: n / 2, down: false, shown: false };
  let turn = model.get("drawn").turn, waiting = false, changed = false;

  const hue = (name) => getComputedStyle(el).getPropertyValue(name).trim() || "#888";

  /** Tell Python, one message at a time: while it is busy, only the latest state waits. */
  function tell(changes = {}) {
    Object.assign(now, changes);
    if (waiting) return void (changed = true);
    waiting = true, changed = false;
    model.set("drawn", { ...now, ink: Array.from(ink), turn: ++turn });
    model.save_changes();
  }
  const now = { ...model.get("drawn") };

  /** Put ink along a line, thickest in its middle, as a pen does. */
  function stroke(from, to) {
    const dx = to.x - from.x, dy = to.y - from.y, long = dx * dx + dy * dy;
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) {
      const x = j + 0.5 - from.x, y = i + 0.5 - from.y;
      const t = long ? Math.max(0, Math.min(1, (x * dx + y * dy) / long)) : 0;
      const away = Math.hypot(x - t * dx, y - t * dy);
      const dark = 255 * Math.max(0, Math.min(1, PEN + 0.5 - away));
      ink[i * n + j] = Math.max(ink[i * n + j], dark);
    }
    drawPad();
    tell({ digit: null });
  }

  function pixels(canvas, shade) {
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    for (let k = 0; k < n * n; k++) for (const [colour, alpha] of shade(k)) {
      if (alpha <= 0) continue;
      context.globalAlpha = alpha;
      context.fillStyle = colour;
      context.fillRect((k % n) * UNIT, Math.floor(k / n) * UNIT, UNIT, UNIT);
    }
    context.globalAlpha = 1;
    return context;
  }

  function drawPad() {
    const dark = hue("--ink");
    const context = pixels(pad, (k) => [[dark, ink[k] / 255]]);
    if (!pen.shown) return;
    context.beginPath();
    context.arc(pen.x * UNIT, pen.y * UNIT, PEN * UNIT, 0, 7);
    context.strokeStyle = hue(pen.down ? "--orange" : "--blue");
    context.lineWidth = pen.down ? 8 : 4;
    context.stroke();
  }

  function drawView() {
    const { picture, blame, says, digit } = model.get("seen"), dark = hue("--ink"), blue = hue("--blue"), orange = hue("--orange");
    pixels(view, (k) => [
      [dark, (picture[k] / 255) * (blame.length ? 0.45 : 1)],
      [blame[k] > 0 ? blue : orange, Math.abs(blame[k] || 0) / 100],
    ]);
    view.setAttribute("aria-label", `the picture as your function gets it${blame.length ? `, with the blame for ${digit}` : ""}. ${says}`);
  }

  function drawBars() {
    const { scores, digit, probable, says, failed } = model.get("seen");
    const low = probable ? 0 : Math.min(0, ...scores), high = probable ? 1 : Math.max(1e-9, ...scores);
    [...$(".bars").children].forEach((bar, k) => {
      const known = scores.length > 0, width = known ? (100 * (scores[k] - low)) / (high - low) : 0;
      bar.querySelector("i").style.width = `${width}%`;
      bar.querySelector("span").textContent = known ? (probable ? percent(scores[k]) : number(scores[k])) : "";
      bar.setAttribute("aria-checked", k === digit);
      bar.classList.toggle("first", known && scores[k] === Math.max(...scores));
      bar.setAttribute("aria-label", `${k}: ${bar.querySelector("span").textContent}`);
    });
    $(".says").textContent = says;
    $(".says").classList.toggle("failed", failed);
  }

  function seen() {
    drawView(), drawBars();
    waiting = false;
    if (changed) tell();
  }

  const reset = (values) => ((ink = Uint8ClampedArray.from(values)), drawPad(), tell({ digit: null }));
  const clear = () => reset(new Array(n * n).fill(0));

  let last = null; // where the pointer was, while it is down
  const at = (event) => {
    const box = pad.getBoundingClientRect();
    return { x: ((event.clientX - box.left) / box.width) * n, y: ((event.clientY - box.top) / box.height) * n };
  };
  pad.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    pad.focus({ preventScroll: true });
    pad.setPointerCapture(event.pointerId);
    pen.shown = pen.down = false;
    stroke(at(event), (last = at(event)));
  });
  pad.addEventListener("pointermove", (event) => {
    if (!last) return;
    for (const one of event.getCoalescedEvents?.() ?? [event]) {
      const to = at(one);
      stroke(last, to);
      last = to;
    }
  });
  pad.addEventListener("lostpointercapture", () => (last = null));
  arrows(pad, (right, down) => {
    const to = { x: Math.max(0.5, Math.min(n - 0.5, pen.x + right)), y: Math.max(0.5, Math.min(n - 0.5, pen.y + down)) };
    const from = { ...pen };
    Object.assign(pen, to, { shown: true });
    pen.down ? stroke(from, to) : drawPad();
  });
  pad.addEventListener("keydown", (event) => {
    if (event.key === "Delete" || event.key === "Backspace") event.preventDefault(), clear();
    if (event.key !== " ") return;
    event.preventDefault();
    Object.assign(pen, { down: !pen.down, shown: true });
    pen.down ? stroke(pen, pen) : drawPad();
  });
  pad.addEventListener("blur", () => (Object.assign(pen, { down: false, shown: false }), drawPad()));
  $(".clear").addEventListener("click", clear);

  $(".examples").replaceChildren(...model.get("examples").map((values, i) => {
    const button = document.createElement("button"), small = document.createElement("canvas");
    small.width = small.height = n;
    const context = small.getContext("2d"), data = context.createImageData(n, n);
    values.forEach((v, k) => data.data.set([255 - v, 255 - v, 255 - v, 255], 4 * k));
    context.putImageData(data, 0, 0);
    button.append(small);
    button.setAttribute("aria-label", `example ${i + 1}`);
    button.addEventListener("click", () => reset(values));
    keepKeys(button);
    return button;
  }));
  $(".bars").replaceChildren(...Array.from({ length: 10 }, (_, k) => {
    const bar = document.createElement("button");
    bar.innerHTML = `<b>${k}</b><u><i></i></u><span></span>`;
    bar.setAttribute("role", "radio");
    bar.disabled = !model.get("blames");
    bar.addEventListener("click", () => tell({ digit: k }));
    keepKeys(bar);
    return bar;
  }));
  for (const name of ["dx", "dy"]) {
    const input = $(`.${name}`), told = () => (input.nextElementSibling.textContent = number(Number(input.value)));
    input.addEventListener("input", () => (told(), tell({ [name]: Number(input.value) })));
    told();
  }
  $(".centred").addEventListener("change", (event) => tell({ centred: event.target.checked }));

  const themes = new MutationObserver(() => (drawPad(), drawView()));
  themes.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  model.on("change:seen", seen);
  const first = requestAnimationFrame(() => (drawPad(), drawView(), drawBars())); // once its style is there
  return () => (cancelAnimationFrame(first), themes.disconnect(), model.off("change:seen", seen));
}

export default { render };
