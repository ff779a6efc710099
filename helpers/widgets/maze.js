// A maze in which a person plays against a player in Python; every turn is made there, and kept here for the replay.
const SIDE = 52, PAD = 4;

const BODY = `
<div class="controls">
  <span>against</span><span class="opponents group" role="group" aria-label="opponent"></span>
  <button class="again">Again</button><button class="other">Another maze</button>
</div>
<svg tabindex="0" role="application" aria-roledescription="maze"></svg>
<p class="says" role="status" aria-live="polite"></p>
<div class="controls">
  <button class="back" aria-label="one turn back">◀</button><button class="on" aria-label="one turn on">▶</button>
  <input class="k" type="range" min="0" step="1" aria-label="turn"><output></output>
</div>
<p class="help">Arrow keys move you (●), the space bar stays. Mud with a number holds whoever walks into it for as many turns.</p>`;

const WORDS = { "0,1": "right", "0,-1": "left", "1,0": "down", "-1,0": "up" };
const half = (points) => number(points, 1);

function render({ model, el }) {
  el.classList.add("maze-playground");
  el.innerHTML = BODY;
  const $ = (selector) => el.querySelector(selector);
  let frames = [model.get("state")], shown = 0, asked = 0;

  const x = (c) => PAD + c * SIDE, y = (r) => PAD + r * SIDE;
  function walls() {
    const { rows, cols, passages } = model.get("board"), open = new Map(passages.map(([a, b, c, d, t]) => [`${a},${b},${c},${d}`, t]));
    let path = "", mud = "";
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < cols; c++)
        for (const [dr, dc] of [[0, 1], [1, 0]]) {
          if (r + dr >= rows || c + dc >= cols) continue;
          const turns = open.get(`${r},${c},${r + dr},${c + dc}`), u = x(c + dc), v = y(r + dr);
          if (!turns) path += dc ? `M${u} ${v}v${SIDE}` : `M${u} ${v}h${SIDE}`;
          else if (turns > 1) {
            const [p, q] = dc ? [u, v + SIDE / 2] : [u + SIDE / 2, v];
            mud += `<g class="mud"><circle cx="${p}" cy="${q}" r="10"/><text x="${p}" y="${q + 4}">${turns}</text></g>`;
          }
        }
    return `<rect class="edge" x="${PAD}" y="${PAD}" width="${cols * SIDE}" height="${rows * SIDE}"/><path class="wall" d="${path}"/>${mud}`;
  }

  function says(state) {
    const [mine, its] = state.scores.map(half), score = `You ${mine}, ${state.name} ${its}`;
    if (state.failed) return `${score}. ${state.name} failed and stayed: ${state.failed}`;
    if (state.over) {
      const end = state.winner === null ? "A draw." : state.winner === 0 ? "You have won." : `${state.name} has won.`;
      return `${score}. ${end} It took ${state.turn} turns.`;
    }
    return `${score}. Turn ${state.turn}.${state.waiting[0] ? ` You are stuck for ${state.waiting[0]} more; press any arrow.` : ""}`;
  }

  function draw() {
    const state = frames[shown], { rows, cols } = model.get("board"), at = ([r, c]) => [x(c) + SIDE / 2, y(r) + SIDE / 2];
    const cheeses = state.cheeses.map((cell) => { const [u, v] = at(cell); return `<path class="cheese" d="M${u - 11} ${v + 8}L${u + 11} ${v + 8}L${u + 11} ${v - 3}L${u - 11} ${v + 2}Z"/>`; }).join("");
    const same = String(state.players[0]) === String(state.players[1]);
    const players = state.players.map((cell, i) => {
      const [u, v] = at(cell), w = same ? u + (i ? 11 : -11) : u;
      return `<g class="player p${i}${state.waiting[i] ? " stuck" : ""}">${i ? `<rect x="${w - 13}" y="${v - 13}" width="26" height="26" rx="4"/>` : `<circle cx="${w}" cy="${v}" r="14"/>`}<text x="${w}" y="${v + 4}">${i ? "it" : "me"}</text></g>`;
    }).join("");
    $("svg").setAttribute("viewBox", `0 0 ${cols * SIDE + 2 * PAD} ${rows * SIDE + 2 * PAD}`);
    $("svg").innerHTML = walls() + cheeses + players;
    const [r, c] = state.players[0], [r2, c2] = state.players[1];
    $("svg").setAttribute("aria-label", `You in row ${r + 1}, column ${c + 1}; ${state.name} in row ${r2 + 1}, column ${c2 + 1}; ${state.cheeses.length} cheeses. Arrow keys move.`);
    $(".says").textContent = says(state);
    $(".says").classList.toggle("failed", Boolean(state.failed));
    const last = frames.length - 1;
    Object.assign($(".k"), { max: last, value: shown });
    $("output").textContent = `turn ${shown} of ${last}`;
    $(".back").disabled = shown === 0;
    $(".on").disabled = shown === last;
  }

  const ask = (what) => (model.set("ask", { ...what, n: ++asked }), model.save_changes());
  function move(word) {
    if (shown < frames.length - 1) return (shown = frames.length - 1), draw();
    if (!frames[shown].over) ask({ move: word });
  }
  const begin = (seed, name) => ask({ seed, name });
  const go = (to) => ((shown = Math.max(0, Math.min(frames.length - 1, to))), draw());

  arrows($("svg"), (right, down) => move(WORDS[`${down},${right}`]));
  $("svg").addEventListener("keydown", (event) => {
    if (event.key === " ") event.preventDefault(), move("stay");
  });
  $("svg").addEventListener("pointerdown", () => $("svg").focus());
  el.querySelectorAll("svg, button, input").forEach(keepKeys);
  const press = choices($(".opponents"), model.get("names"), (name) => name === model.get("state").name, (name) => begin(model.get("state").seed, name));
  $(".again").addEventListener("click", () => (begin(model.get("state").seed, model.get("state").name), $("svg").focus()));
  $(".other").addEventListener("click", () => (begin(model.get("state").seed + 1, model.get("state").name), $("svg").focus()));
  $(".back").addEventListener("click", () => go(shown - 1));
  $(".on").addEventListener("click", () => go(shown + 1));
  $(".k").addEventListener("input", (event) => go(Number(event.target.value)));
  model.on("change:state", () => {
    const state = model.get("state");
    if (state.turn === 0) frames = [];
    frames.push(state);
    shown = frames.length - 1;
    press();
    draw();
  });
  draw();
}

export default { render };
