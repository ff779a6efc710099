// Draws the fits that Python sends once: which number of features and which penalty is decided here.
const W = 430, H = 300, LEFT = 40, RIGHT = 8, TOP = 10, BOTTOM = 34, HIGH = 1.6;

const BODY = `
<div class="controls">
  <label>features P <input class="size k" type="range" min="0" step="1"></label><output class="size-out"></output>
  <label>penalty λ <input class="penalty k" type="range" min="0" step="1"></label><output class="penalty-out"></output>
</div>
<div class="pair">
  <svg class="fit" viewBox="0 0 ${W} ${H}" role="img"></svg>
  <svg class="errors" viewBox="0 0 ${W} ${H}" tabindex="0" role="img"></svg>
</div>
<p class="says" role="status" aria-live="polite"></p>
<p class="help">Left: ● the fifteen samples, dashed the truth, blue the model. Right, by the number of features: blue the error on the samples, orange dashed on new ones; dotted at P = 15. Click there, or use the arrow keys: ← → features, ↑ ↓ penalty.</p>`;

function render({ model, el }) {
  el.classList.add("capacity");
  el.innerHTML = BODY;
  const $ = (selector) => el.querySelector(selector);
  const [sizes, penalties, samples, curves, known, fresh] = ["sizes", "penalties", "samples", "curves", "known", "new"].map((k) => model.get(k));
  let [size, penalty] = model.get("chosen");
  const across = W - LEFT - RIGHT, up = H - TOP - BOTTOM;
  const x = (v) => LEFT + (across * (v + 1)) / 2, y = (v) => TOP + (up * (2 - v)) / 4;
  const px = (P) => LEFT + (across * Math.log(P)) / Math.log(60), py = (e) => TOP + up * (1 - Math.min(e, HIGH) / HIGH);
  const line = (name, points) => `<polyline class="${name}" points="${points.map(([a, b]) => `${a.toFixed(1)},${b.toFixed(1)}`).join(" ")}"/>`;
  const axis = (text) => `<text x="${LEFT + across / 2}" y="${H - 4}" text-anchor="middle">${text}</text>`;
  const row = (v, at) => `<line class="grid" x1="${LEFT}" x2="${W - RIGHT}" y1="${at}" y2="${at}"/><text x="${LEFT - 6}" y="${at + 4}" text-anchor="end">${number(v)}</text>`;

  function fit() {
    const curve = curves[penalty][size], n = curve.length - 1, place = (i) => -1 + (2 * i) / n;
    $(".fit").innerHTML = [-2, -1, 0, 1, 2].map((v) => row(v, y(v))).join("") +
      [-1, 0, 1].map((v) => `<text x="${x(v)}" y="${H - 18}" text-anchor="middle">${number(v)}</text>`).join("") + axis("x") +
      `<clipPath id="capacity-plot"><rect x="${LEFT}" y="${TOP}" width="${across}" height="${up}"/></clipPath><g clip-path="url(#capacity-plot)">` +
      line("truth", curve.map((_, i) => [x(place(i)), y(Math.sin(3 * place(i)))])) + line("blue", curve.map((v, i) => [x(place(i)), y(v)])) + "</g>" +
      samples[0].map((a, i) => `<circle class="sample" cx="${x(a)}" cy="${y(samples[1][i])}" r="4.5"/>`).join("");
    $(".fit").setAttribute("aria-label", `Fifteen samples and the model with ${sizes[size]} features.`);
  }

  function errors() {
    const series = (name, rows) => line(name, rows.map((e, i) => [px(sizes[i]), py(e)]));
    $(".errors").innerHTML = [0, 0.5, 1, 1.5].map((v) => row(v, py(v))).join("") +
      [1, 2, 4, 8, 15, 30, 60].map((P) => `<text x="${px(P)}" y="${H - 18}" text-anchor="middle">${P}</text>`).join("") + axis("features P") +
      `<line class="border" x1="${px(15)}" x2="${px(15)}" y1="${TOP}" y2="${H - BOTTOM}"/>` +
      series("orange", fresh[penalty]) + series("blue", known[penalty]) +
      `<line class="now" x1="${px(sizes[size])}" x2="${px(sizes[size])}" y1="${TOP}" y2="${H - BOTTOM}"/>` +
      `<circle class="dot orange" cx="${px(sizes[size])}" cy="${py(fresh[penalty][size])}" r="6"/><rect class="dot blue" x="${px(sizes[size]) - 5}" y="${py(known[penalty][size]) - 5}" width="10" height="10"/>`;
    $(".errors").setAttribute("aria-label", `Both errors by the number of features, with λ = ${penalties[penalty]}. Arrow keys move.`);
  }

  function say() {
    const [e, f] = [known[penalty][size], fresh[penalty][size]], best = Math.min(...fresh[penalty]);
    const what = f < best + 0.02 ? "Near the best for this penalty." : e > 0.4 ? "Too stiff: the samples themselves are missed." : e < 0.01 ? "Every sample is met." : "";
    $(".says").textContent = `${sizes[size]} feature${size ? "s" : ""}, λ = ${penalties[penalty]}: error ${e.toFixed(2)} on the samples, ${f.toFixed(2)} on new ones${f > HIGH ? " (off the scale)" : ""}. ${what}`;
  }

  function draw() {
    Object.assign($(".size"), { max: sizes.length - 1, value: size });
    Object.assign($(".penalty"), { max: penalties.length - 1, value: penalty });
    $(".size-out").textContent = sizes[size];
    $(".penalty-out").textContent = penalties[penalty];
    $(".size").setAttribute("aria-valuetext", `${sizes[size]} features`);
    $(".penalty").setAttribute("aria-valuetext", `λ = ${penalties[penalty]}`);
    fit(), errors(), say();
    model.set("chosen", [size, penalty]);
    model.save_changes();
  }

  el.querySelectorAll("input, svg").forEach(keepKeys);
  $(".size").addEventListener("input", (event) => ((size = +event.target.value), draw()));
  $(".penalty").addEventListener("input", (event) => ((penalty = +event.target.value), draw()));
  dragging($(".errors"), (at) => {
    const far = sizes.map((P) => Math.abs(px(P) - at));
    size = far.indexOf(Math.min(...far));
    draw();
  });
  arrows($(".errors"), (right, down) => {
    size = Math.min(sizes.length - 1, Math.max(0, size + right));
    penalty = Math.min(penalties.length - 1, Math.max(0, penalty - down));
    draw();
  });
  draw();
}

export default { render };
