// Draws measurements that Python sends once: which set, cut and number of labels is decided here.
const W = 720, H = 300, LEFT = 46, RIGHT = 92, TOP = 12, BOTTOM = 40;

const BODY = `
<div class="controls sets" role="group" aria-label="pictures"></div>
<div class="controls">
  <span>scaled by</span><span class="scalings" role="group" aria-label="scaling"></span>
</div>
<div class="controls">
  <label>cut after stage <input class="cut" type="range" min="0" max="8" step="1"></label><output class="cut-out"></output>
  <label>labels for each class <input class="labels" type="range" min="0" max="4" step="1"></label><output class="labels-out"></output>
</div>
<svg viewBox="0 0 ${W} ${H}" role="img"></svg>
<p class="help">Across: the stage, and below it how many numbers it gives. <b>ImageNet</b>: the network with the weights that it learned there; <b>random</b>: the same with random ones. Bars: one standard deviation over ten splits. Click a point to cut there.</p>
<table class="heat" tabindex="0" aria-label="Accuracies of ImageNet's weights, by labels (rows) and cut (columns). Arrow keys move."></table>
<p class="says" role="status" aria-live="polite"></p>`;

function render({ model, el }) {
  el.classList.add("transfer-cuts");
  el.innerHTML = BODY;
  const $ = (selector) => el.querySelector(selector);
  const [sets, scalings, labels, widths] = ["sets", "scalings", "labels", "widths"].map((k) => model.get(k));
  let [set, cut, row, how] = model.get("chosen"), mean, sd, noise;
  const x = (c) => LEFT + ((W - LEFT - RIGHT) * (c - 0.5)) / 8, y = (a) => TOP + (H - TOP - BOTTOM) * (1 - a);

  function plot() {
    const parts = [];
    for (const a of [0, 0.25, 0.5, 0.75, 1])
      parts.push(`<line class="grid" x1="${LEFT}" x2="${W - RIGHT}" y1="${y(a)}" y2="${y(a)}"/><text x="${LEFT - 6}" y="${y(a) + 4}" text-anchor="end">${percent(a)}</text>`);
    for (let c = 1; c <= 8; c++)
      parts.push(`<text x="${x(c)}" y="${H - 22}" text-anchor="middle">${c}</text><text class="small" x="${x(c)}" y="${H - 6}" text-anchor="middle">${widths[c]}</text>`);
    const pixels = y(mean[0][set][0][row]), names = [["", "raw pixels", pixels]];
    if (cut) parts.push(`<rect class="chosen" x="${x(cut) - 26}" y="${TOP}" width="52" height="${H - TOP - BOTTOM}" rx="4"/>`);
    parts.push(`<line class="pixels${cut ? "" : " now"}" x1="${LEFT}" x2="${W - RIGHT}" y1="${pixels}" y2="${pixels}"/>`);
    ["blue", "orange"].forEach((name, w) => {
      const at = (c) => mean[w][set][c][row], shift = w ? 4 : -4;
      const path = [1, 2, 3, 4, 5, 6, 7, 8].map((c) => `${x(c) + shift},${y(at(c))}`).join(" ");
      parts.push(`<polyline class="${name}" points="${path}"/>`);
      names.push([name, w ? "random" : "ImageNet", y(at(8))]);
      for (let c = 1; c <= 8; c++) {
        const s = sd[w][set][c][row], px = x(c) + shift;
        parts.push(`<line class="bar ${name}" x1="${px}" x2="${px}" y1="${y(Math.min(1, at(c) + s))}" y2="${y(Math.max(0, at(c) - s))}"/>`);
        parts.push(w ? `<rect class="dot ${name}" x="${px - 4}" y="${y(at(c)) - 4}" width="8" height="8"/>` : `<circle class="dot ${name}" cx="${px}" cy="${y(at(c))}" r="5"/>`);
      }
    });
    names.sort((a, b) => a[2] - b[2]);
    names.forEach((name, i) => (name[3] = Math.max(name[2] + 4, i ? names[i - 1][3] + 15 : 0)));
    names.forEach(([name, text, , at]) => parts.push(`<text class="name ${name}" x="${W - RIGHT + 8}" y="${at}">${text}</text>`));
    for (let c = 1; c <= 8; c++) parts.push(`<rect class="hit" data-cut="${c}" x="${x(c) - 40}" y="${TOP}" width="80" height="${H - TOP}"/>`);
    $("svg").innerHTML = parts.join("");
    $("svg").setAttribute("aria-label", `Accuracy against the cut for ${sets[set]}, ${labels[row]} labels for each class, scaled by ${scalings[how]}.`);
  }

  function heat() {
    const head = `<tr><th scope="col">labels</th>${widths.map((_, c) => `<th scope="col">${c ? `stage ${c}` : "pixels"}</th>`).join("")}</tr>`;
    $(".heat").innerHTML = head + labels.map((n, r) => `<tr><th scope="row">${n}</th>${widths.map((_, c) => {
      const a = mean[0][set][c][r], now = r === row && c === cut;
      return `<td data-cut="${c}" data-row="${r}" class="${now ? "now" : ""}" style="--share:${Math.round(100 * a)}%">${Math.round(100 * a)}</td>`;
    }).join("")}</tr>`).join("");
  }

  function say() {
    const [m, s] = [mean[0][set][cut][row], sd[0][set][cut][row]], pixels = mean[0][set][0][row];
    const gain = Math.round(100 * m) - Math.round(100 * pixels), loud = Math.abs(m - pixels) > noise[0][set][cut][row], named = cut ? `cut after stage ${cut} (${widths[cut]} numbers)` : "raw pixels";
    const against = cut ? ` Pixels: ${percent(pixels)}, so transfer ${gain >= 0 ? "gains" : "loses"} ${Math.abs(gain)} point${Math.abs(gain) === 1 ? "" : "s"}${loud ? "" : ", which is within the noise"}. Random weights: ${percent(mean[1][set][cut][row])}.` : "";
    $(".says").textContent = `${sets[set]}, ${labels[row]} label${labels[row] > 1 ? "s" : ""} a class, ${named}: ${percent(m)} ± ${(100 * s).toFixed(0)}.${against}`;
  }

  function draw() {
    [mean, sd, noise] = ["mean", "sd", "noise"].map((k) => model.get(k)[how]);
    $(".cut").value = cut;
    $(".labels").value = row;
    $(".cut-out").textContent = cut ? `${cut}` : "none: pixels";
    $(".labels-out").textContent = labels[row];
    $(".cut").setAttribute("aria-valuetext", cut ? `stage ${cut}` : "raw pixels");
    $(".labels").setAttribute("aria-valuetext", `${labels[row]}`);
    plot(), heat(), say();
    model.set("chosen", [set, cut, row, how]);
    model.save_changes();
  }

  choices($(".sets"), sets, (name) => name === sets[set], (name) => ((set = sets.indexOf(name)), draw()));
  choices($(".scalings"), scalings, (name) => name === scalings[how], (name) => ((how = scalings.indexOf(name)), draw()));
  el.querySelectorAll("input, table").forEach(keepKeys);
  $(".cut").addEventListener("input", (event) => ((cut = +event.target.value), draw()));
  $(".labels").addEventListener("input", (event) => ((row = +event.target.value), draw()));
  $("svg").addEventListener("click", (event) => {
    if (event.target.dataset.cut) (cut = +event.target.dataset.cut), draw();
  });
  $(".heat").addEventListener("click", (event) => {
    const { cut: c, row: r } = event.target.dataset;
    if (r !== undefined) (cut = +c), (row = +r), draw();
  });
  arrows($(".heat"), (right, down) => {
    cut = Math.min(8, Math.max(0, cut + right));
    row = Math.min(labels.length - 1, Math.max(0, row + down));
    draw();
  });
  draw();
}

export default { render };
