// Answers that Python sends once, weighted by e to the reward over beta: the best one can do at a price beta of moving.
const W = 520, H = 260, LEFT = 46, RIGHT = 12, TOP = 14, BOTTOM = 40, SHOWN = 6;

const BODY = `
<p class="question"></p>
<div class="controls"><label class="pressing">pressure <input class="k" type="range" min="0" step="1"
  aria-label="pressure: how hard the reward is pressed"><output></output></label></div>
<svg viewBox="0 0 ${W} ${H}" role="img"></svg>
<p class="says" role="status" aria-live="polite"></p>
<ol class="answers"></ol>
<p class="help">Drag the slider, or focus it and use the arrow keys. Bars: the share of each answer now; the mark in a
  bar: its share before. r: its reward; judge: what the judge gives it.</p>`;

/** The probabilities with the best mean reward, less beta times the KL to p: as \`tilted\` in assistants.py. */
export function tilted(p, rewards, beta) {
  const logs = p.map((share, i) => Math.log(share) + rewards[i] / beta), top = Math.max(...logs);
  const q = logs.map((l) => Math.exp(l - top)), sum = q.reduce((a, b) => a + b, 0);
  return q.map((x) => x / sum);
}

const mean = (q, a) => q.reduce((sum, x, i) => sum + x * a[i], 0);

/** KL, and the gains of reward and worth in deviations: as \`outcome\` in assistants.py. */
export function outcome({ p, rewards, worth }, beta) {
  const q = tilted(p, rewards, beta), kl = q.reduce((sum, x, i) => sum + (x > 0 ? x * Math.log(x / p[i]) : 0), 0);
  const gain = (a) => (mean(q, a) - mean(p, a)) / Math.sqrt(mean(p, a.map((x) => (x - mean(p, a)) ** 2)));
  return [kl, gain(rewards), gain(worth)];
}

function render({ model, el }) {
  el.classList.add("press");
  el.innerHTML = BODY;
  const $ = (selector) => el.querySelector(selector);
  const given = model.get("given"), betas = model.get("betas"), { answers, p, rewards, worth } = given;
  const path = betas.map((beta) => outcome(given, beta));
  const most = Math.max(...path.map(([kl]) => kl), 0.1), all = path.flatMap(([, r, w]) => [r, w]);
  const low = Math.min(0, ...all), high = Math.max(0.5, ...all);
  const x = (kl) => LEFT + (kl / most) * (W - LEFT - RIGHT), y = (v) => TOP + ((high - v) / (high - low)) * (H - TOP - BOTTOM);
  const line = (k, name) => `<polyline class="${name}" points="${path.map((at) => `${x(at[0]).toFixed(1)},${y(at[k]).toFixed(1)}`).join(" ")}"/>`;
  const best = path.reduce((k, at, i) => (at[2] > path[k][2] ? i : k), 0);
  $(".question").textContent = model.get("question");
  Object.assign($(".k"), { max: betas.length - 1, value: 0 });
  el.querySelectorAll("input").forEach(keepKeys);

  function chart(k) {
    const [kl, reward, judge] = path[k], ticks = [low, 0, high].filter((v, i, a) => a.indexOf(v) === i);
    $("svg").innerHTML =
      ticks.map((v) => `<line class="grid" x1="${LEFT}" x2="${W - RIGHT}" y1="${y(v)}" y2="${y(v)}"/><text x="${LEFT - 6}" y="${y(v) + 4}" text-anchor="end">${number(v, 1)}</text>`).join("") +
      `<text x="${(W + LEFT) / 2}" y="${H - 6}" text-anchor="middle">KL to the answers before, in nats (0 to ${number(most, 1)})</text>` +
      line(1, "reward") + line(2, "judge") +
      `<line class="now" x1="${x(kl)}" x2="${x(kl)}" y1="${TOP}" y2="${H - BOTTOM}"/>` +
      `<circle class="reward" cx="${x(kl)}" cy="${y(reward)}" r="6"/><rect class="judge" x="${x(kl) - 5}" y="${y(judge) - 5}" width="10" height="10"/>` +
      `<text class="reward" x="${LEFT + 8}" y="${TOP + 12}">● the reward (dashed)</text><text class="judge" x="${LEFT + 8}" y="${TOP + 30}">■ the judge</text>`;
    $("svg").setAttribute("aria-label", `Two curves against the KL: the reward rises up to ${number(path.at(-1)[1], 1)} deviations; the judge is best at ${number(path[best][2], 1)} and ends at ${number(path.at(-1)[2], 1)}.`);
  }

  function draw() {
    const k = Number($(".k").value), beta = betas[k], [kl, reward, judge] = path[k];
    const q = tilted(p, rewards, beta), order = [...q.keys()].sort((a, b) => q[b] - q[a]).slice(0, SHOWN);
    $("output").textContent = `β = ${number(beta, beta < 0.1 ? 3 : 2)}`;
    $(".k").setAttribute("aria-valuetext", `beta ${number(beta, 3)}`);
    $(".says").textContent = `β = ${number(beta, 3)}: KL ${number(kl)} nats, reward ${reward < 0 ? "" : "+"}${number(reward)}, judge ${judge < 0 ? "" : "+"}${number(judge)} deviations.`;
    chart(k);
    $(".answers").replaceChildren(...order.map((i) => {
      const row = document.createElement("li"), text = document.createElement("span"), marks = document.createElement("i");
      row.style.setProperty("--share", `${100 * q[i]}%`);
      row.style.setProperty("--before", `${100 * p[i]}%`);
      text.textContent = answers[i].trim() || "(nothing)";
      marks.textContent = `${percent(q[i])} · r ${number(rewards[i], 1)} · judge ${number(worth[i], 1)}`;
      row.append(text, marks);
      return row;
    }));
  }

  $(".k").addEventListener("input", draw);
  draw();
}

export default { render };
