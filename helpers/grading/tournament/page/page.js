"use strict";
for (const figure of document.querySelectorAll("figure.replay")) {
  const game = JSON.parse(figure.dataset.game), last = game.at.length - 1;
  const players = figure.querySelectorAll(".player"), cheeses = figure.querySelectorAll(".cheese");
  const bar = figure.querySelector("input"), says = figure.querySelector("output");
  const play = figure.querySelector("[data-do=play]");
  let turn = 0, timer = 0;
  const stop = () => { clearInterval(timer); timer = 0; play.setAttribute("aria-pressed", "false"); };
  const show = (t) => {
    turn = Math.max(0, Math.min(last, t));
    game.at[turn].forEach(([x, y], i) => {
      const both = game.at[turn][0].join() === game.at[turn][1].join() ? (i ? 7 : -7) : 0;
      players[i].setAttribute("transform", `translate(${x + both} ${y})`);
    });
    game.gone.forEach((when, i) => { cheeses[i].style.visibility = when > turn ? "visible" : "hidden"; });
    bar.value = turn;
    says.textContent = `turn ${turn} of ${last}, A ${game.scores[turn][0]} : ${game.scores[turn][1]} B`;
    if (turn === last) stop();
  };
  const does = {
    first: () => { stop(); show(0); },
    back: () => { stop(); show(turn - 1); },
    on: () => { stop(); show(turn + 1); },
    last: () => { stop(); show(last); },
    play: () => {
      if (timer) return stop();
      if (turn === last) show(0);
      timer = setInterval(() => show(turn + 1), 250);
      play.setAttribute("aria-pressed", "true");
    },
  };
  const keys = { Home: "first", ArrowLeft: "back", ArrowRight: "on", End: "last", " ": "play" };
  figure.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) does[button.dataset.do]();
  });
  figure.addEventListener("keydown", (event) => {
    if (event.target === figure && keys[event.key]) { event.preventDefault(); does[keys[event.key]](); }
  });
  bar.addEventListener("input", () => { stop(); show(Number(bar.value)); });
  for (const part of [bar.parentElement, says]) part.hidden = false;
  show(0);
}
