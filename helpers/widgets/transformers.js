// Two rows of tokens and a table of heads: who carries what from the token below to the one above?
const SVG = "http://www.w3.org/2000/svg";
const [SHARE, CHANGE] = ["this sentence", "change from the sentence before"];
const BODY = `
<div class="controls examples" role="group" aria-label="sentence"></div>
<p class="title">the token that looks</p>
<div class="tokens above" role="radiogroup" aria-label="the token that looks"></div>
<svg class="lines" role="img" height="90"></svg>
<div class="tokens below" role="radiogroup" aria-label="the token that is looked at"></div>
<p class="title">the token that is looked at</p>
<p class="title what"></p>
<div class="controls modes" role="group" aria-label="what the table shows"></div>
<table class="heads" tabindex="0" role="application" aria-label="A row for each layer, a column for each head. Arrow keys choose a head."></table>
<p class="help">a row for each layer, a column for each head; keys: ← → ↑ ↓</p>
<p class="says" role="status" aria-live="polite"></p>`;

function render({ model, el }) {
  el.classList.add("carriers");
  el.innerHTML = BODY;
  const $ = (selector) => el.querySelector(selector);
  let layer = 0, head = 0, from = 0, to = 0, W, before = null, compare = false;
  const tokens = () => model.get("tokens");
  const [layers, heads] = [() => model.get("shape")[0], () => model.get("shape")[1]];
  const entry = (all, n, l, h, i, j) => all[((l * heads() + h) * n + i) * n + j] / 255;
  const weight = (l, h, i, j) => entry(W, tokens().length, l, h, i, j);

  /** What the same two tokens had in the sentence before; null where there is none that has both. */
  function old(l, h) {
    if (!before || before.sentence === model.get("sentence")) return null;
    const [i, j] = [tokens()[from], tokens()[to]].map((token) => before.tokens.indexOf(token));
    return i < 0 || j < 0 ? null : entry(before.W, before.tokens.length, l, h, i, j);
  }

  function strongest() {
    let best = -1;
    for (let l = 0; l < layers(); l++) for (let h = 0; h < heads(); h++)
      if (weight(l, h, from, to) > best) [best, layer, head] = [weight(l, h, from, to), l, h];
  }

  function lines() {
    const svg = $(".lines"), box = svg.getBoundingClientRect();
    svg.replaceChildren();
    const middle = (chip) => {
      const b = chip.getBoundingClientRect();
      return b.left + b.width / 2 - box.left;
    };
    const above = [...$(".above").children], below = [...$(".below").children];
    tokens().forEach((_, j) => {
      const w = weight(layer, head, from, j), line = document.createElementNS(SVG, "line");
      if (w < 0.01) return;
      const ends = { x1: middle(above[from]), y1: 2, x2: middle(below[j]), y2: 88 };
      for (const [name, value] of Object.entries(ends)) line.setAttribute(name, value);
      line.setAttribute("stroke-width", Math.max(1, 12 * w));
      line.setAttribute("class", j === to ? "chosen" : "");
      line.setAttribute("opacity", 0.25 + 0.75 * w);
      svg.append(line);
    });
    svg.setAttribute("aria-label", `Lines from “${tokens()[from]}” to what it looks at, thicker where there is more weight.`);
  }

  function table() {
    const body = $(".heads"), top = body.ownerDocument.createElement("tr");
    const number = (row, text, scope) => {
      const cell = document.createElement("th");
      [cell.textContent, cell.scope] = [text, scope];
      row.append(cell);
    };
    body.replaceChildren(top);
    number(top, "layer ↓  head →", "col");
    for (let h = 0; h < heads(); h++) number(top, h + 1, "col");
    for (let l = 0; l < layers(); l++) {
      const row = body.insertRow();
      number(row, l + 1, "row");
      for (let h = 0; h < heads(); h++) {
        const cell = row.insertCell(), w = weight(l, h, from, to), was = compare ? old(l, h) : null;
        const shown = was === null ? w : w - was, points = Math.round(shown * 100);
        cell.textContent = was === null ? points : `${points > 0 ? "+" : points < 0 ? "−" : ""}${Math.abs(points)}`;
        cell.style.setProperty("--share", percent(Math.abs(shown)).replace(" ", ""));
        cell.classList.toggle("less", shown < 0);
        cell.classList.toggle("now", l === layer && h === head);
        cell.addEventListener("click", () => ([layer, head] = [l, h], draw()));
      }
    }
  }

  function draw() {
    for (const [row, chosen] of [[".above", from], [".below", to]])
      [...$(row).children].forEach((chip, j) => {
        chip.setAttribute("aria-checked", j === chosen);
        chip.tabIndex = j === chosen ? 0 : -1;
      });
    lines(), table();
    const w = weight(layer, head, from, to), was = old(layer, head);
    const change = compare && was !== null;
    modes();
    $(".what").textContent = `${change ? "how much more or less" : "how much"} “${tokens()[from]}” looks at “${tokens()[to]}”${change ? " than in the sentence before, in points" : ", head by head, in percent"}`;
    const then = was === null ? "" : ` In the sentence before it was ${percent(was)}.`;
    $(".says").textContent = `Layer ${layer + 1}, head ${head + 1}: ${percent(w)} of what “${tokens()[from]}” looks for, it takes from “${tokens()[to]}”.${then}`;
  }

  function row(selector, choose) {
    $(selector).replaceChildren();
    tokens().forEach((token, j) => {
      const chip = document.createElement("button");
      chip.setAttribute("role", "radio");
      chip.textContent = token;
      keepKeys(chip);
      chip.addEventListener("click", () => (choose(j), draw()));
      arrows(chip, (right) => {
        const next = (j + right + tokens().length) % tokens().length;
        choose(next), draw();
        $(selector).children[next].focus();
      });
      $(selector).append(chip);
    });
  }

  function build(first) {
    const kept = [tokens()[from], tokens()[to]];
    const raw = model.get("weights");
    W = new Uint8Array(raw.buffer ?? raw, raw.byteOffset ?? 0, raw.byteLength);
    const find = (token, other) => Math.max(tokens().indexOf(token), tokens().includes(token) ? 0 : Math.min(other, tokens().length - 1));
    from = find(first === true ? model.get("asking") : build.from ?? kept[0], 1);
    to = find(first === true ? model.get("asked") : build.to ?? kept[1], 1);
    row(".above", (j) => (from = j));
    row(".below", (j) => (to = j));
    if (first === true) strongest();
    requestAnimationFrame(draw);
  }

  keepKeys($(".heads"));
  arrows($(".heads"), (right, down) => {
    layer = (layer + down + layers()) % layers();
    head = (head + right + heads()) % heads();
    draw();
  });
  const again = () => build(false);
  model.on("change:weights", again);
  choices($(".examples"), model.get("examples"), (sentence) => sentence === model.get("sentence"), (sentence) => {
    if (sentence === model.get("sentence")) return;
    before = { W, tokens: tokens(), sentence: model.get("sentence") };
    [build.from, build.to] = [tokens()[from], tokens()[to]];
    model.set("sentence", sentence);
    model.save_changes();
  });
  const modes = choices($(".modes"), [SHARE, CHANGE], (mode) => (mode === CHANGE) === compare, (mode) => {
    compare = mode === CHANGE;
    draw();
    if (compare && old(layer, head) === null) $(".says").textContent = "Choose another sentence first: then the table shows what has changed.";
  });
  build(true);
  const watch = new ResizeObserver(() => W && lines());
  watch.observe(el);
  return () => (model.off("change:weights", again), watch.disconnect());
}

export default { render };
