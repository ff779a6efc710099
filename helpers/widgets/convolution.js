// Draws what Python's `trace` found and reports `image` and `settings`; nothing is convolved here.
const SIDE = 340, GAP = 70, TOP = 26; // of each grid in the drawing
const PAUSE = 420;

const BODY = `
<div class="controls group images" role="group" aria-label="image"></div>
<svg viewBox="0 0 ${2 * SIDE + GAP + 4} ${SIDE + TOP + 4}" tabindex="0" role="application"
     aria-label="An image on the left, the output on the right. Arrow keys move the window, Home and End jump, Space plays.">
  <g class="left"></g><g class="right"></g><rect class="frame glide in"/><rect class="frame glide out"/></svg>
<p class="says" role="status" aria-live="polite"></p>
<div class="controls">
  <button class="first" aria-label="to the start">|◀</button><button class="back" aria-label="one step back">◀</button>
  <button class="on" aria-label="one step on">▶</button><button class="play">Play</button>
  <input class="k" type="range" min="0" step="1" aria-label="step"><output></output></div>
<div class="controls"><fieldset class="kernel" aria-label="kernel"></fieldset>
  <div class="side"><div class="group presets" role="group" aria-label="kernels"></div>
  <div class="group"><span>stride</span><span class="group strides" role="group" aria-label="stride"></span></div>
  <div class="group"><span>padding</span><span class="group pads" role="group" aria-label="padding"></span></div></div></div>
<p class="help">Type into the kernel. Blue is positive, orange negative. Keys in the picture: ← → ↑ ↓ Home End Space.</p>`;

const number = (x) => String(Math.round(x * 100) / 100 + 0).replace("-", "−");
const keepKeys = (element) => element.setAttribute("data-lm-suppress-shortcuts", "true");

function render({ model, el }) {
  el.classList.add("conv-slider");
  el.innerHTML = BODY;
  el.querySelectorAll("input, button, svg").forEach(keepKeys);
  const $ = (selector) => el.querySelector(selector);
  let k = 0, timer = 0;

  const run = () => model.get("trace");
  const last = () => run().corners.length;
  const set = (changes) => {
    model.set("settings", { ...model.get("settings"), ...changes });
    model.save_changes();
  };
  const unit = (grid) => SIDE / Math.max(grid.length, grid[0].length);

  /** One grid of numbers; `rim` cells belong to the padding. */
  function grid(values, left, rim) {
    const u = unit(values), most = Math.max(1e-9, ...values.flat().map(Math.abs)), size = Math.min(15, u * 0.4);
    return values.map((row, i) => row.map((x, j) => {
      const border = Math.min(i, j, values.length - 1 - i, row.length - 1 - j) < rim;
      return `<g class="cell${x < 0 ? " below" : ""}${border ? " rim" : ""}" transform="translate(${left + j * u},${TOP + i * u})">
        <rect width="${u}" height="${u}" fill-opacity="${(0.62 * Math.abs(x)) / most}"/>
        <text x="${u / 2}" y="${u / 2 + size * 0.36}" font-size="${size}">${number(x)}</text></g>`;
    }).join("")).join("");
  }

  function build() {
    const { padded, out } = run(), right = SIDE + GAP;
    $(".left").innerHTML = `<text class="title" x="${SIDE / 2}" y="14">image, ${padded.length} × ${padded[0].length} with its padding</text>`
      + grid(padded, 2, model.get("settings").pad);
    $(".right").innerHTML = `<text class="title" x="${right + SIDE / 2}" y="14">output, ${out.length} × ${out[0].length}</text>`
      + grid(out, right, 0);
    $(".k").max = last();
  }

  function draw() {
    const { padded, out, corners, says } = run(), K = model.get("settings").kernel.length;
    const u = unit(padded), v = unit(out), columns = out[0].length, right = SIDE + GAP;
    $(".right").querySelectorAll(".cell").forEach((cell, i) => {
      cell.classList.toggle("empty", i >= k);
      cell.querySelector("rect").style.fillOpacity = i < k ? "" : 0;
    });
    const place = (frame, x, y, side) => {
      frame.setAttribute("width", side), frame.setAttribute("height", side);
      frame.style.transform = `translate(${x}px, ${y}px)`;
      frame.style.visibility = k ? "visible" : "hidden";
    };
    const [y, x] = corners[Math.max(0, k - 1)], at = Math.max(0, k - 1);
    place($(".frame.in"), 2 + x * u, TOP + y * u, K * u);
    place($(".frame.out"), right + (at % columns) * v, TOP + Math.floor(at / columns) * v, v);
    $(".says").textContent = says[k];
    $(".k").value = k;
    $(".k").setAttribute("aria-valuetext", says[k]);
    $("output").textContent = `cell ${k} of ${last()}`;
    $(".back").disabled = $(".first").disabled = k === 0;
    $(".on").disabled = k === last();
    $(".play").textContent = timer ? "Pause" : "Play";
  }

  function go(to) {
    k = Math.max(0, Math.min(last(), to));
    if (k === last()) stop();
    draw();
  }
  function stop() {
    clearInterval(timer);
    timer = 0;
  }
  function play() {
    if (timer) return stop(), draw();
    if (k === last()) k = 0;
    timer = setInterval(() => go(k + 1), PAUSE);
    go(k + 1);
  }

  /** A row of buttons, of which the chosen one is pressed. */
  function choices(selector, values, chosen, choose) {
    $(selector).innerHTML = values.map((value) => `<button>${value}</button>`).join("");
    [...$(selector).children].forEach((button, i) => {
      keepKeys(button);
      button.setAttribute("aria-pressed", chosen(values[i]));
      button.addEventListener("click", () => {
        stop();
        choose(values[i]);
        [...$(selector).children].forEach((other, j) => other.setAttribute("aria-pressed", chosen(values[j])));
      });
    });
  }

  function kernel() {
    const { kernel } = model.get("settings");
    $(".kernel").innerHTML = kernel.map((row, i) => row.map((x, j) =>
      `<input type="number" step="any" value="${x}" aria-label="weight, row ${i}, column ${j}">`).join("")).join("");
    [...$(".kernel").children].forEach((input, at) => {
      keepKeys(input);
      input.addEventListener("input", () => {
        const x = Number(input.value);
        if (input.value === "" || !Number.isFinite(x)) return;
        const now = model.get("settings").kernel.map((row) => [...row]);
        now[Math.floor(at / kernel.length)][at % kernel.length] = x;
        set({ kernel: now });
        presets();
      });
    });
  }
  function presets() {
    const all = model.get("kernels"), same = (name) => JSON.stringify(all[name]) === JSON.stringify(model.get("settings").kernel);
    choices(".presets", Object.keys(all), same, (name) => (set({ kernel: all[name] }), kernel()));
  }

  const columns = () => run().out[0].length;
  const keys = {
    ArrowRight: () => go(k + 1), ArrowLeft: () => go(k - 1), ArrowDown: () => go(k + columns()), ArrowUp: () => go(k - columns()),
    Home: () => go(0), End: () => go(last()), " ": play,
  };
  $("svg").addEventListener("keydown", (event) => {
    if (!(event.key in keys)) return;
    event.preventDefault();
    if (event.key !== " ") stop();
    keys[event.key]();
  });
  $(".first").addEventListener("click", () => (stop(), go(0)));
  $(".back").addEventListener("click", () => (stop(), go(k - 1)));
  $(".on").addEventListener("click", () => (stop(), go(k + 1)));
  $(".play").addEventListener("click", play);
  $(".k").addEventListener("input", (event) => (stop(), go(Number(event.target.value))));
  const changed = () => (build(), (k = Math.min(k, last())), draw());
  model.on("change:trace", changed);
  choices(".images", model.get("images"), (name) => name === model.get("image"), (name) => {
    k = 0;
    model.set("image", name);
    model.save_changes();
  });
  choices(".strides", model.get("strides"), (s) => s === model.get("settings").stride, (stride) => set({ stride }));
  choices(".pads", model.get("pads"), (p) => p === model.get("settings").pad, (pad) => set({ pad }));
  kernel(), presets(), changed();
  return () => (stop(), model.off("change:trace", changed));
}

export default { render };
