// What the widgets share: `script` in __init__.py puts it before each of them.

/** At most two digits behind the point, or as many as are said; percents without any. */
const number = (x, digits = 2) => (Number(x.toFixed(digits)) + 0).toLocaleString("en").replace("-", "−");
const percent = (p) => `${Math.round(p * 100)} %`;

/** Keep JupyterLab's shortcuts away while an element has the focus: arrow keys would move to another cell. */
const keepKeys = (element) => element.setAttribute("data-lm-suppress-shortcuts", "true");

/** Call `by(right, down)` with -1, 0 or 1 for each arrow key. */
function arrows(element, by) {
  element.addEventListener("keydown", (event) => {
    const step = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
    if (!step) return;
    event.preventDefault();
    by(...step);
  });
}

/** The pointer's place in an SVG's own units. */
function place(svg, event) {
  return new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
}

/** Call `to(x, y)` while the pointer is held down on an SVG. */
function dragging(svg, to) {
  let held = false;
  const tell = (event) => {
    const { x, y } = place(svg, event);
    to(x, y);
  };
  svg.addEventListener("pointerdown", (event) => ((held = true), svg.setPointerCapture(event.pointerId), tell(event)));
  svg.addEventListener("pointermove", (event) => held && tell(event));
  svg.addEventListener("lostpointercapture", () => (held = false));
}

/** Fill a row with a button for each value; the one of which `chosen(value)` holds is pressed.
 *  Returns what looks anew which one that is. */
function choices(row, values, chosen, choose) {
  const press = () => [...row.children].forEach((button, i) => button.setAttribute("aria-pressed", chosen(values[i])));
  row.replaceChildren(...values.map((value) => {
    const button = document.createElement("button");
    button.textContent = value;
    keepKeys(button);
    button.addEventListener("click", () => (choose(value), press()));
    return button;
  }));
  press();
  return press;
}

const STEPPER = `<div class="controls">
  <button class="first" aria-label="to the start">|◀</button><button class="back" aria-label="one step back">◀</button>
  <button class="on" aria-label="one step on">▶</button><button class="play">Play</button>
  <input class="k" type="range" min="0" step="1" aria-label="step"><output></output></div>`;

/** Steps 0 to last() of a stage, by the buttons of STEPPER, by keys, and by themselves.
 *
 *  `draw(k, on)` shows step k, and `on` tells whether it was reached by going on; `says(k)` is read aloud, and
 *  `unit` says what is counted; a step by itself takes `pause` milliseconds; `down()` is how far ↓ and ↑ go. */
function stepper($, stage, { last, draw, says, unit, pause, down }) {
  let k = 0, timer = 0;
  const stop = () => (clearInterval(timer), (timer = 0));
  function show(on = false) {
    $(".says").textContent = says(k);
    Object.assign($(".k"), { max: last(), value: k });
    $(".k").setAttribute("aria-valuetext", says(k));
    $("output").textContent = `${unit} ${k} of ${last()}`;
    $(".back").disabled = $(".first").disabled = k === 0;
    $(".on").disabled = k === last();
    $(".play").textContent = timer ? "Pause" : "Play";
    draw(k, on);
  }
  function go(to, animated = true) {
    const on = animated && to > k;
    k = Math.max(0, Math.min(last(), to));
    if (k === last()) stop();
    show(on);
  }
  function play() {
    if (timer) return stop(), show();
    if (k === last()) k = 0;
    timer = setInterval(() => go(k + 1), pause);
    go(k + 1);
  }
  const keys = { ArrowRight: () => go(k + 1), ArrowLeft: () => go(k - 1), Home: () => go(0), End: () => go(last()), " ": play };
  if (down) Object.assign(keys, { ArrowDown: () => go(k + down()), ArrowUp: () => go(k - down()) });
  stage.addEventListener("keydown", (event) => {
    if (!(event.key in keys)) return;
    event.preventDefault();
    if (event.key !== " ") stop();
    keys[event.key]();
  });
  $(".first").addEventListener("click", () => (stop(), go(0)));
  $(".back").addEventListener("click", () => (stop(), go(k - 1)));
  $(".on").addEventListener("click", () => (stop(), go(k + 1)));
  $(".play").addEventListener("click", play);
  $(".k").addEventListener("input", (event) => (stop(), go(Number(event.target.value), false)));
  return { stop, restart: () => (stop(), (k = 0)), again: () => ((k = Math.min(k, last())), show()) };
}
