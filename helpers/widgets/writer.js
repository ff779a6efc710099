// Python's `state` holds the pieces so far and the scores of what may follow; the settings live here.
const SHOWN = 10;
const BODY = `
<div class="controls examples" role="group" aria-label="beginning"></div>
<div class="controls"><label class="own">or your own <input type="text" maxlength="120" aria-label="your own beginning; Enter takes it"></label></div>
<p class="text" tabindex="0" role="application"
  aria-label="The text so far. Space draws a piece, Enter writes on, Backspace takes one back."></p>
<p class="says" role="status" aria-live="polite"></p>
<div class="controls">
  <button class="one">Draw a piece</button><button class="whole"></button>
  <button class="back" aria-label="take one piece back">⌫</button><button class="fresh">Begin anew</button></div>
<div class="controls settings">
  <label>temperature τ <input class="tau" type="range" min="0" max="2" step="0.05" value="1"><output></output></label>
  <label>the k best <input class="k" type="range" min="1" max="60" step="1" value="60"><output></output></label>
  <label>together p <input class="p" type="range" min="0.05" max="1" step="0.05" value="1"><output></output></label></div>
<div class="next" role="listbox" aria-label="What may follow, the likeliest first. Up and down choose, Enter takes one."></div>
<p class="help">The text in focus: Space draws a piece, Enter writes on, ⌫ takes one back. A bar that is pressed puts
  its piece into the text. A dot stands for a space. Orange pieces were improbable ones.</p>`;

/** The probabilities to draw from: as `restricted` in writer.py. */
export function restricted(z, { tau, k, p }) {
  const order = [...z.keys()].sort((a, b) => z[b] - z[a]), best = z[order[0]], q = z.map(() => 0);
  const kept = order.slice(0, tau > 0 ? k || z.length : 1);
  for (const i of kept) q[i] = Math.exp((z[i] - best) / (tau || 1));
  const scale = (total) => q.forEach((x, i) => (q[i] = x / total));
  scale(q.reduce((a, b) => a + b, 0));
  let before = 0;
  for (const i of order) {
    const share = q[i];
    if (p < 1 && before >= p) q[i] = 0;
    before += share;
  }
  scale(q.reduce((a, b) => a + b, 0));
  return [q, order];
}

function render({ model, el }) {
  el.classList.add("writer");
  el.innerHTML = BODY;
  const $ = (selector) => el.querySelector(selector);
  const pieces = model.get("pieces"), now = () => model.get("state");
  const visible = (piece) => piece.replaceAll(" ", "·").replaceAll("\n", "⏎");
  const how = () => ({ tau: Number($(".tau").value), k: $(".k").value === $(".k").max ? 0 : Number($(".k").value), p: Number($(".p").value) });
  el.querySelectorAll("input, button, .text").forEach(keepKeys);
  $(".whole").textContent = `Write ${model.get("more")} pieces`;
  let asked = false, pressed = () => {};

  function ask(change) {
    if (asked) return;
    asked = true;
    model.set("ask", { ...how(), seed: Math.floor(Math.random() * 2 ** 31), ...change });
    model.save_changes();
    draw();
  }
  const write = (steps) => ask({ ids: now().ids, shares: now().shares, steps });
  const take = (i, share) => ask({ ids: [...now().ids, i], shares: [...now().shares, share] });
  const back = () => now().ids.length > 1 && ask({ ids: now().ids.slice(0, -1), shares: now().shares.slice(0, -1) });
  const begin = (text) => ask({ text });

  function text() {
    const { ids, shares } = now();
    $(".text").replaceChildren(...ids.map((i, at) => {
      const span = document.createElement("span");
      span.textContent = pieces[i];
      if (!shares[at]) span.className = "given";
      else {
        span.title = percent(shares[at]);
        span.style.setProperty("--odd", Math.round(100 * Math.max(0, Math.min(1, -Math.log10(shares[at]) / 3))) + "%");
      }
      return span;
    }));
  }

  function bars() {
    const [q, order] = restricted(now().z, how()), before = $(".next").contains(document.activeElement)
      ? [...$(".next").children].indexOf(document.activeElement) : -1;
    $(".next").replaceChildren(...order.slice(0, SHOWN).map((i, row) => {
      const bar = document.createElement("button");
      keepKeys(bar);
      bar.setAttribute("role", "option");
      bar.tabIndex = row ? -1 : 0;
      bar.className = q[i] ? "" : "cut";
      bar.style.setProperty("--share", `${100 * q[i]}%`);
      bar.innerHTML = "<b></b><i></i>";
      bar.firstChild.textContent = visible(pieces[i]);
      bar.lastChild.textContent = q[i] ? percent(q[i]) : "not drawn";
      bar.addEventListener("click", () => take(i, q[i] || 1e-3));
      arrows(bar, (right, down) => {
        const all = $(".next").children, next = all[(row + down + right + all.length) % all.length];
        next.focus();
      });
      return bar;
    }));
    if (before >= 0) $(".next").children[before].focus();
    const left = q.filter((x) => x > 0).length, unsure = Math.exp(-q.reduce((s, x) => s + (x > 0 ? x * Math.log(x) : 0), 0));
    return `${left} of ${pieces.length} pieces may be drawn; as unsure as among ${number(unsure, 1)} equally likely ones. Most likely: ${visible(pieces[order[0]])}, ${percent(q[order[0]])}.`;
  }

  function draw() {
    const { tau, k, p } = how();
    for (const [name, value] of [["tau", tau ? tau.toFixed(2) : "0: greedy"], ["k", k || "all"], ["p", p.toFixed(2)]])
      $(`.${name}`).nextElementSibling.textContent = value;
    text();
    const busy = asked || now().left > 0, says = busy && asked ? "" : bars();
    $(".says").textContent = busy ? `Writing … ${now().left > 1 ? `${now().left} pieces to go` : ""}` : now().problem || says;
    $(".says").classList.toggle("failed", !busy && Boolean(now().problem));
    el.querySelectorAll("button").forEach((button) => (button.disabled = busy));
    $(".back").disabled = busy || now().ids.length < 2;
    pressed();
  }

  const changed = () => {
    if (now().left === 0) asked = false;
    draw();
  };
  model.on("change:state", changed);
  pressed = choices($(".examples"), model.get("beginnings"), (text) => model.get("ask").text === text, begin);
  $(".one").addEventListener("click", () => write(1));
  $(".whole").addEventListener("click", () => write(model.get("more")));
  $(".back").addEventListener("click", back);
  $(".fresh").addEventListener("click", () => begin($(".own input").value || model.get("beginnings")[0]));
  $(".settings").addEventListener("input", draw);
  $(".own input").addEventListener("keydown", (event) => event.key === "Enter" && event.target.value && begin(event.target.value));
  const keys = { " ": () => write(1), Enter: () => write(model.get("more")), Backspace: back };
  $(".text").addEventListener("keydown", (event) => {
    if (!(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
  draw();
  return () => model.off("change:state", changed);
}

export default { render };
