// Live figures without a kernel: a model that holds what Python said last. What only Python could answer is
// put back, and said so.
(() => {
  const ASK = "Python would have to compute that: open the lesson in Jupyter. Here the figure shows what was computed before.";

  /** The model that a widget's `render` is given, as in anywidget. */
  class Model {
    constructor({ state, buffers }, refuse) {
      this.state = state;
      this.listeners = {};
      this.refuse = refuse;
      for (const { path, data } of buffers) {
        const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
        let at = state;
        for (const key of path.slice(0, -1)) at = at[key];
        at[path.at(-1)] = new DataView(bytes.buffer);
      }
      this.saved = JSON.stringify(state);
    }
    get(name) {
      return this.state[name];
    }
    set(name, value) {
      const same = JSON.stringify(this.state[name]) === JSON.stringify(value);
      this.state[name] = value;
      if (!same) this.tell(name);
    }
    on(event, call) {
      (this.listeners[event] ??= []).push(call);
    }
    off(event, call) {
      this.listeners[event] = (this.listeners[event] ?? []).filter((other) => call && other !== call);
    }
    tell(name) {
      for (const call of this.listeners[`change:${name}`] ?? []) call();
    }
    /** Whether the figure listens for what Python says; one that doesn't has no need of it. */
    get asks() {
      return Object.values(this.listeners).some((calls) => calls.length);
    }
    save_changes() {
      if (this.asks && JSON.stringify(this.state) !== this.saved) this.refuse();
    }
    send() {
      this.refuse();
    }
  }

  function show(place) {
    const render = window.courseLive?.[place.dataset.script];
    if (!render) return;
    const kept = place.nextElementSibling.textContent, note = document.createElement("p");
    Object.assign(note, { className: "course-live-note", hidden: true, textContent: ASK });
    note.setAttribute("role", "status");
    const inner = document.createElement("div");
    const draw = () => {
      const root = document.createElement("div");
      inner.replaceChildren(root);
      render({ model: new Model(JSON.parse(kept), () => queueMicrotask(again)), el: root });
    };
    const again = () => ((note.hidden = false), draw());
    place.replaceChildren(inner, note);
    draw();
    place.hidden = false;
    const still = place.closest(".output")?.nextElementSibling;
    if (still?.querySelector(".course-still")) still.hidden = true;
  }
  /** Figures ask JupyterLab's attribute whether the page is light; the site's own button says it elsewhere. */
  function theme() {
    const { theme } = document.body.dataset, dark = matchMedia("(prefers-color-scheme: dark)").matches;
    document.body.dataset.jpThemeLight = theme === "dark" || (theme !== "light" && dark) ? "false" : "true";
  }
  document.addEventListener("DOMContentLoaded", () => {
    theme();
    new MutationObserver(theme).observe(document.body, { attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", theme);
    document.querySelectorAll(".course-live").forEach(show);
  });
})();
