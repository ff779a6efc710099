// Draws what Python's `trace` found and reports `image` and `settings`; nothing is convolved here.
const SIDE = 340, GAP = 70, CLOSE = 24, TOP = 26; // of two grids in the drawing; of four the gap is close
const PAUSE = 420;

const BODY = `
<div class="controls group images" role="group" aria-label="image"></div>
<svg viewBox="0 0 ${2 * SIDE + GAP + 4} ${SIDE + TOP + 4}" tabindex="0" role="application"
     aria-label="An image on the left, the output on the right. Arrow keys move the window, Home and End jump, Space plays.">
  <g class="left"></g><g class="right"></g><g class="window glide"></g><rect class="frame glide out"/></svg>
<p class="says" role="status" aria-live="polite"></p>
${STEPPER}
<div class="controls"><fieldset class="kernel" aria-label="kernel"></fieldset>
  <div class="side"><div class="group presets" role="group" aria-label="kernels"></div>
  <div class="group"><span>stride</span><span class="group strides" role="group" aria-label="stride"></span></div>
  <div class="group"><span>padding</span><span class="group pads" role="group" aria-label="padding"></span></div></div></div>
<p class="help">Type into the kernel. Blue is positive, orange negative. Keys in the picture: ← → ↑ ↓ Home End Space.</p>`;

function render({ model, el }) {
  el.classList.add("conv-slider");
  el.innerHTML = BODY;
  el.querySelectorAll("input, button, svg").forEach(keepKeys);
  const $ = (selector) => el.querySelector(selector);

  const run = () => model.get("trace");
  const last = () => run().corners.length;
  const set = (changes) => {
    model.set("settings", { ...model.get("settings"), ...changes });
    model.save_changes();
  };
  const planes = () => Object.values(run().planes), names = () => Object.keys(run().planes);
  const gap = () => (planes().length > 1 ? CLOSE : GAP);
  const side = () => (2 * SIDE + GAP - planes().length * gap()) / (planes().length + 1);
  const left = (i) => i * (side() + gap()); // of a channel; the output stands where one more would
  const unit = () => side() / Math.max(planes()[0].length, planes()[0][0].length); // of all: the map *is* smaller

  /** One grid of numbers; `rim` cells belong to the padding. */
  function grid(values, left, rim) {
    const u = unit(), most = Math.max(1e-9, ...values.flat().map(Math.abs)), size = Math.min(15, u * 0.4);
    return values.map((row, i) => row.map((x, j) => {
      const border = Math.min(i, j, values.length - 1 - i, row.length - 1 - j) < rim;
      return `<g class="cell${x < 0 ? " below" : ""}${border ? " rim" : ""}" transform="translate(${left + j * u},${TOP + i * u})">
        <rect width="${u}" height="${u}" fill-opacity="${(0.62 * Math.abs(x)) / most}"/>
        <text x="${u / 2}" y="${u / 2 + size * 0.36}" font-size="${size}">${number(x)}</text></g>`;
    }).join("")).join("");
  }

  function build() {
    const { out } = run(), n = planes().length, { pad } = model.get("settings");
    const size = (values) => `${values.length} × ${values[0].length}`;
    const shown = (values, i, rim, title) =>
      `<text class="title" x="${2 + left(i) + (values[0].length * unit()) / 2}" y="14">${title}</text>` + grid(values, 2 + left(i), rim);
    $("svg").setAttribute("viewBox", `0 0 ${2 * SIDE + GAP + 4} ${side() + TOP + 4}`);
    $(".left").innerHTML = planes().map((values, i) =>
      shown(values, i, pad, names()[i] || `image, ${size(values)}${pad ? " with its padding" : ""}`)).join("");
    $(".right").innerHTML = shown(out, n, 0, `output, ${size(out)}`);
  }

  /** The kernel as it lies on the image: its frame, and each weight in the corner of its pixel. */
  function window_() {
    const u = unit(), weight = (w, i, j) =>
      `<text class="weight" x="${(j + 1) * u - 3}" y="${(i + 1) * u - 4}" font-size="${u * 0.25}">×${number(w)}</text>`;
    $(".window").innerHTML = run().kernels.map((kernel, i) => `<g transform="translate(${left(i)}, 0)">
      <rect class="frame" width="${kernel.length * u}" height="${kernel.length * u}"/>
      ${i || names()[0] ? "" : kernel.map((row, y) => row.map((w, x) => weight(w, y, x)).join("")).join("")}</g>`).join("");
  }

  function draw(k) {
    const { out, corners } = run(), u = unit(), columns = out[0].length, right = 2 + left(planes().length);
    $(".right").querySelectorAll(".cell").forEach((cell, i) => {
      cell.classList.toggle("empty", i >= k);
      cell.querySelector("rect").style.fillOpacity = i < k ? "" : 0;
    });
    Object.entries({ width: u, height: u }).forEach(([name, side]) => $(".frame.out").setAttribute(name, side));
    const put = (frame, x, y) => {
      frame.style.transform = `translate(${x}px, ${y}px)`;
      frame.style.visibility = k ? "visible" : "hidden";
    };
    const [y, x] = corners[Math.max(0, k - 1)], at = Math.max(0, k - 1);
    put($(".window"), 2 + x * u, TOP + y * u);
    put($(".frame.out"), right + (at % columns) * u, TOP + Math.floor(at / columns) * u);
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
        press();
      });
    });
  }
  const all = model.get("kernels"), same = (name) => JSON.stringify(all[name]) === JSON.stringify(model.get("settings").kernel);

  const steps = stepper($, $("svg"), {
    last, draw, says: (k) => run().says[k], unit: "cell", pause: PAUSE, down: () => run().out[0].length,
  });
  const changed = () => (build(), window_(), steps.again());
  const setting = (name) => (value) => (steps.stop(), set({ [name]: value }));
  model.on("change:trace", changed);
  choices($(".images"), model.get("images"), (name) => name === model.get("image"), (name) => {
    steps.restart();
    model.set("image", name);
    model.save_changes();
  });
  choices($(".strides"), model.get("strides"), (s) => s === model.get("settings").stride, setting("stride"));
  choices($(".pads"), model.get("pads"), (p) => p === model.get("settings").pad, setting("pad"));
  const press = choices($(".presets"), Object.keys(all), same, (name) => (setting("kernel")(all[name]), kernel()));
  kernel(), changed();
  return () => (steps.stop(), model.off("change:trace", changed));
}

export default { render };
