// Python's `state` holds the probabilities after a prefix; temperature, darts and drawing happen here.
const W = 760, H = 244, BASE = 160, STEP = 27.6, LEFT = 10, LONGEST = 14, KEPT = 8;
const STICK = 206, LONG = 26 * STEP + 20, FLIGHT = 500; // the stick's place and length; milliseconds that a dart is seen
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

const BODY = `
<div class="controls"><span>It looks back:</span><div class="controls tabs" role="group" aria-label="model"></div></div>
<div class="name" tabindex="0" role="application"
  aria-label="The name so far. Type letters, full stop ends the name, Backspace takes one back, Space throws a dart, Enter begins anew.">
  <span class="tiles"></span></div>
<svg class="bars" viewBox="0 0 ${W} ${H}" role="img" aria-label="probabilities of the next letter"></svg>
<p class="says" role="status" aria-live="polite"></p>
<div class="controls">
  <button class="dart">Throw a dart</button><button class="whole">Grow a whole name</button>
  <button class="back" aria-label="take one letter back">⌫</button><button class="fresh">Begin anew</button>
  <label class="heat">temperature <input type="range" min="-1" max="0.6" step="0.02" value="0"
    aria-label="temperature"><output>1.00</output></label></div>
<p class="grown" aria-live="polite"></p>
<p class="help">A tile goes back to its place. With the name in focus: type letters, “.” ends it,
  Space throws a dart, ⌫ takes one back, Enter begins anew. ★ marks a name that is in neither list of real ones.</p>`;

const share = (p) => (p >= 0.0995 ? `${Math.round(100 * p)} %` : `${(100 * p).toFixed(1)} %`);

function render({ model, el }) {
  el.classList.add("rnn-grower");
  el.innerHTML = BODY;
  el.querySelectorAll("input, button, .name").forEach(keepKeys);
  const $ = (selector) => el.querySelector(selector);
  const letters = model.get("letters");
  const real = new Set(model.get("known").split(" "));
  let tau = 1, steps = [], over = false, growing = 0, landed = -1, names = [], dartAt = null, flight = 0;

  const now = () => model.get("state");
  function heated() {
    const q = now().p.map((p) => p ** (1 / tau)), sum = q.reduce((a, b) => a + b, 0);
    return q.map((x) => x / sum);
  }
  function ask(change) {
    model.set("ask", { model: now().model, prefix: now().prefix, ...change });
    model.save_changes();
  }

  $(".bars").innerHTML = [...letters].map((letter, i) => `<g transform="translate(${LEFT + i * STEP},0)">
    <rect class="bar" width="20" y="${BASE}" height="0"/><text class="p" x="10"></text>
    <text class="letter" x="10" y="${BASE + 19}">${letter === "." ? "stop" : letter}</text></g>`).join("")
    + [...letters].map((letter) => `<g class="piece"><rect height="22" y="${STICK}"/><text y="${STICK + 16}">${letter}</text></g>`).join("")
    + `<path class="flown" d="M 0 ${STICK + 1} l -6 -13 h 12 Z"/>`;
  const pieces = [...$(".bars").querySelectorAll(".piece")];

  function stick(q) {
    let from = 0;
    q.forEach((x, i) => {
      const [rect, text] = pieces[i].children, wide = x * LONG;
      rect.setAttribute("x", LEFT + from);
      rect.setAttribute("width", wide);
      text.setAttribute("x", LEFT + from + wide / 2);
      text.style.visibility = wide > 11 ? "visible" : "hidden";
      pieces[i].classList.toggle("hit", dartAt !== null && i === landed);
      from += wide;
    });
    const flown = $(".flown");
    flown.style.visibility = dartAt === null ? "hidden" : "visible";
    flown.setAttribute("transform", `translate(${LEFT + (dartAt ?? 0) * LONG} 0)`);
  }

  function draw() {
    const q = heated(), top = Math.max(0.15, ...q), order = [...q.keys()].sort((a, b) => q[b] - q[a]);
    const beside = (i, j) => j in q && order.indexOf(j) < Math.min(4, order.indexOf(i))
      && ((q[j] - q[i]) / top) * (BASE - 26) < 14; // the labels of two such bars would overlap
    const unsure = Math.exp(-q.reduce((s, x) => s + (x > 0 ? x * Math.log(x) : 0), 0));
    q.forEach((x, i) => {
      const group = $(".bars").children[i], height = (x / top) * (BASE - 26);
      const bar = group.querySelector(".bar"), label = group.querySelector(".p");
      bar.setAttribute("y", BASE - height);
      bar.setAttribute("height", height);
      label.setAttribute("y", BASE - height - (beside(i, i - 1) || beside(i, i + 1) ? 19 : 5));
      label.textContent = order.indexOf(i) < 4 ? share(x) : "";
      group.setAttribute("class", over ? "over" : i === landed ? "hit" : "");
    });
    stick(q);
    const tiles = steps.map(({ letter, p }, i) => `<button data-i="${i}" title="${share(p)}"
      aria-label="${letter}, ${share(p)}: go back to before it">${letter}<small>${share(p)}</small></button>`).join("");
    $(".tiles").innerHTML = tiles || `<i class="empty">throw a dart, or type a letter</i>`;
    $(".tiles").querySelectorAll("button").forEach((button) => {
      keepKeys(button);
      button.addEventListener("click", () => shorten(Number(button.dataset.i)));
    });
    const likely = order.slice(0, 3).map((i) => `${letters[i] === "." ? "stop" : letters[i]} ${share(q[i])}`).join(", ");
    const name = steps.map((s) => s.letter).join("");
    $(".says").textContent = over ? `“${name.replace(".", "")}” is complete.`
      : `${now().says} Most likely: ${likely}. As unsure as among ${unsure.toFixed(1)} equally likely symbols.`;
    $(".bars").setAttribute("aria-label", `Probabilities of what follows “${name}”: ${likely}.`);
    $(".grown").textContent = names.length ? `grown: ${names.map((name) => name + (real.has(name) ? "" : " ★")).join(" · ")}` : "";
    $(".dart").disabled = $(".whole").disabled = over || flight > 0;
    $(".back").disabled = !steps.length;
    press();
  }

  function add(i) {
    if (over || steps.length >= LONGEST) return;
    steps = [...steps, { letter: letters[i], p: heated()[i] }];
    landed = i;
    if (i === 0 || steps.length >= LONGEST) {
      over = true;
      growing = 0;
      const name = steps.map((s) => s.letter).join("").replace(".", "");
      names = [name || "(nothing)", ...names].slice(0, KEPT);
      draw();
    } else ask({ prefix: now().prefix + letters[i] });
  }
  function dart() {
    if (over || flight) return;
    let u = Math.random(), q = heated(), i = 0;
    dartAt = u;
    while (i < q.length - 1 && u >= q[i]) u -= q[i++];
    landed = i;
    flight = setTimeout(() => ((flight = 0), add(i)), STILL.matches ? 0 : FLIGHT);
    draw();
  }
  function ground() {
    clearTimeout(flight);
    flight = 0;
    dartAt = null;
  }
  function shorten(length) {
    ground();
    growing = 0;
    over = false;
    landed = -1;
    steps = steps.slice(0, length);
    const prefix = steps.map((s) => s.letter).join("");
    prefix === now().prefix ? draw() : ask({ prefix });
  }
  function whole() {
    growing = 1;
    dart();
  }

  const press = choices($(".tabs"), model.get("models"), (name) => name === now().model, (name) => {
    ground();
    growing = 0;
    landed = -1;
    steps = [];
    over = false;
    ask({ model: name, prefix: "" });
  });
  $(".dart").addEventListener("click", () => ((growing = 0), dart()));
  $(".whole").addEventListener("click", whole);
  $(".back").addEventListener("click", () => shorten(steps.length - 1));
  $(".fresh").addEventListener("click", () => shorten(0));
  $("input").addEventListener("input", (event) => {
    tau = 10 ** Number(event.target.value);
    $("output").textContent = tau.toFixed(2);
    event.target.setAttribute("aria-valuetext", tau.toFixed(2));
    draw();
  });
  $(".name").addEventListener("keydown", (event) => {
    if (event.target !== $(".name") || event.ctrlKey || event.metaKey || event.altKey) return;
    const i = letters.indexOf(event.key.toLowerCase());
    const act = event.key === " " ? dart : event.key === "Backspace" ? () => steps.length && shorten(steps.length - 1)
      : event.key === "Enter" ? () => shorten(0) : event.key.length === 1 && i >= 0 ? () => (ground(), add(i)) : null;
    if (!act) return;
    event.preventDefault();
    growing = 0;
    act();
  });
  let timer = 0;
  const answered = () => {
    dartAt = null;
    draw();
    clearTimeout(timer);
    if (growing && !over) timer = setTimeout(() => growing && dart(), STILL.matches ? 0 : 200);
  };
  model.on("change:state", answered);
  draw();
  return () => (clearTimeout(timer), clearTimeout(flight), model.off("change:state", answered));
}

export default { render };
