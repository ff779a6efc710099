// A rule for mails: words that count for spam or against it, and a threshold. Python sends the mails once.
const BODY = `
<div class="controls words" role="group" aria-label="words: press once for spam, twice against, three times to let go"></div>
<div class="controls">
  <label>threshold <input class="k" type="range" min="1" max="6" step="1"></label><output></output>
  <button class="clear">Clear</button>
</div>
<div class="both">
  <table class="matrix"><caption>Confusion matrix</caption>
    <tr><td></td><th scope="col">left in</th><th scope="col">thrown away</th></tr>
    <tr><th scope="row">is ham</th><td class="c00"></td><td class="c01 wrong"></td></tr>
    <tr><th scope="row">is spam</th><td class="c10 wrong"></td><td class="c11"></td></tr>
  </table>
  <table class="scores"></table>
  <table class="kinds"><caption>Thrown away, of each kind</caption></table>
</div>
<p class="says" role="status" aria-live="polite"></p>
<p class="help">Press a word: + counts for spam, − against it, once more lets it go. Left and right arrows go from word to word.</p>`;

function render({ model, el }) {
  el.classList.add("learning-rules");
  el.innerHTML = BODY;
  const $ = (selector) => el.querySelector(selector);
  const [words, kinds, has, kind] = ["words", "kinds", "has", "kind"].map((name) => model.get(name));
  const total = kinds.map((_, i) => [...kind].filter((c) => Number(c) === i).length);
  let votes = [...model.get("votes")], threshold = model.get("threshold");

  /** How many mails of each kind are thrown away. */
  function thrown() {
    const away = kinds.map(() => 0), used = words.map((_, j) => j).filter((j) => votes[j]);
    for (let i = 0; i < kind.length; i++) {
      let points = 0;
      for (const j of used) if (has[j][i] === "1") points += votes[j];
      if (points >= threshold) away[Number(kind[i])] += 1;
    }
    return away;
  }

  const SIGN = { "1": "+", "-1": "−", "0": "" }, TOLD = { "1": "for spam", "-1": "against spam", "0": "not used" };
  function press() {
    [...$(".words").children].forEach((button, j) => {
      button.innerHTML = `<span class="sign">${SIGN[votes[j]]}</span>${words[j]}`;
      button.dataset.vote = votes[j];
      button.setAttribute("aria-label", `${words[j]}: ${TOLD[votes[j]]}`);
    });
  }

  function draw() {
    const away = thrown(), [ham, news, spam] = away, wrong = ham + news, there = total[0] + total[1];
    const share = (a, n) => (n ? a / n : 0), n = kind.length;
    const cells = { c00: there - wrong, c01: wrong, c10: total[2] - spam, c11: spam };
    for (const [name, count] of Object.entries(cells)) $(`.${name}`).textContent = number(count);
    const precision = share(spam, spam + wrong), recall = share(spam, total[2]), right = share(there - wrong + spam, n);
    const rows = [["precision", precision], ["recall", recall], ["right", right], ["always ham is right", there / n]];
    $(".scores").innerHTML = rows.map(([name, p]) => `<tr><th scope="row">${name}</th><td>${(100 * p).toFixed(1)} %</td></tr>`).join("");
    $(".kinds").innerHTML = "<caption>Thrown away, of each kind</caption>" + kinds.map((name, i) => {
      const p = share(away[i], total[i]);
      return `<tr><th scope="row">${name}</th><td class="bar kind${i}" style="--share:${(100 * p).toFixed(1)}%"><span></span></td><td>${percent(p)}</td></tr>`;
    }).join("");
    $(".k").value = threshold;
    $("output").textContent = `${threshold} point${threshold > 1 ? "s" : ""} or more`;
    $(".k").setAttribute("aria-valuetext", $("output").textContent);
    $(".says").textContent = `Of ${number(spam + wrong)} mails thrown away ${number(spam)} are spam (precision ${percent(precision)}); of ${number(total[2])} spam mails that is ${percent(recall)} (recall). ${number(wrong)} wanted mails are lost.`;
    press();
    model.set("votes", [...votes]);
    model.set("threshold", threshold);
    model.save_changes();
  }

  $(".words").replaceChildren(...words.map((_, j) => {
    const button = document.createElement("button");
    keepKeys(button);
    button.addEventListener("click", () => ((votes[j] = votes[j] === 1 ? -1 : votes[j] + 1), draw()));
    arrows(button, (right, down) => $(".words").children[(j + right + down + words.length) % words.length].focus());
    return button;
  }));
  keepKeys($(".k"));
  $(".k").addEventListener("input", (event) => ((threshold = Number(event.target.value)), draw()));
  $(".clear").addEventListener("click", () => ((votes = words.map(() => 0)), draw()));
  draw();
}

export default { render };
