// What the browser does by itself, without asking the server: clocks, the theme switch, copying; the rest is in the modules beside this one.
import { actions } from "./do.js";
import "./tabs.js";
import "./menus.js";
import "./keys.js";
import "./palette.js";
import "./panes.js";
import "./notifications.js";
import "./circuit.js";
import "./visibility.js";
import "./toasts.js";

if (document.querySelector(".chart")) {
  import("../Components/Charts/PlotlyChart.razor.js");
}

// <wb-time at="2026-01-01T00:00:00Z" kind="ago|elapsed|left">text until this runs</wb-time>
class WorkbenchTime extends HTMLElement {
  static observedAttributes = ["at", "kind"];
  static #all = new Set();
  static #shown = 0;
  static #timer;
  // The clocks go on when the server changes the page, which it does every second or two while trials run: one frame does for both. By
  // themselves they go on when that stays away.
  static {
    const observed = { childList: true, characterData: true, subtree: true };
    new MutationObserver(() => performance.now() - this.#shown > 200 && this.#showAll(2200)).observe(document.documentElement, observed);
    document.addEventListener("visibilitychange", () => this.#showAll(1000));
    this.#showAll(1000);
  }

  static #showAll(next) {
    clearTimeout(this.#timer);
    if (!document.hidden) {
      this.#timer = setTimeout(() => this.#showAll(1000), next);
      this.#shown = performance.now();
      this.#all.forEach(element => element.#show());
    }
  }

  #text = this.attachShadow({ mode: "open" }).appendChild(document.createTextNode(""));

  connectedCallback() {
    WorkbenchTime.#all.add(this);
    this.#show();
  }

  disconnectedCallback() {
    WorkbenchTime.#all.delete(this);
  }

  attributeChangedCallback() {
    this.#show();
  }

  #show() {
    const seconds = (Date.now() - Date.parse(this.getAttribute("at"))) / 1000;
    const text = {
      ago: () => seconds < 10 ? "just now" : seconds < 60 ? `${Math.floor(seconds)} s ago` : seconds < 3600
        ? `${Math.floor(seconds / 60)} min ago` : seconds < 86400 ? `${Math.floor(seconds / 3600)} h ago` : this.#date(),
      elapsed: () => WorkbenchTime.#duration(seconds),
      left: () => seconds > -1 ? "nearly done" : `about ${WorkbenchTime.#duration(-seconds)} left`,
    }[this.getAttribute("kind")]?.() ?? "";
    if (this.#text.data !== text) {
      this.#text.data = text;
    }
  }

  #date() {
    const at = new Date(this.getAttribute("at"));
    return at.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
  }

  static #duration(seconds) {
    const s = Math.max(0, Math.round(seconds));
    return s < 60 ? `${s} s` : s < 3600
      ? `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, "0")} s`
      : `${Math.floor(s / 3600)} h ${String(Math.floor(s % 3600 / 60)).padStart(2, "0")} min`;
  }
}

const themes = {
  light: ["Light", "M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10Zm-1-6h2v3h-2V1Zm0 19h2v3h-2v-3ZM1 11h3v2H1v-2Zm19 0h3v2h-3v-2ZM4.2 5.6l1.4-1.4 2.1 2.1-1.4 1.4-2.1-2.1Zm12.1 12.1 1.4-1.4 2.1 2.1-1.4 1.4-2.1-2.1ZM4.2 18.4l2.1-2.1 1.4 1.4-2.1 2.1-1.4-1.4ZM16.3 6.3l2.1-2.1 1.4 1.4-2.1 2.1-1.4-1.4Z"],
  dark: ["Dark", "M12 3a9 9 0 1 0 9 9c0-.46-.04-.92-.1-1.36a5.39 5.39 0 0 1-9.54-4.28 5.4 5.4 0 0 1 2-3.26A9 9 0 0 0 12 3Z"],
  system: ["As the system", "M21 3H3a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h7v2H8v1.5h8V20h-2v-2h7a2 2 0 0 0 2-2V5a2 2 0 0 0-2-2Zm0 13H3V5h18v11Z"],
};

// <theme-switch></theme-switch>: three radio buttons. It fills itself, so the server need not know the theme.
class ThemeSwitch extends HTMLElement {
  #show = () => this.querySelectorAll("button").forEach(button =>
    button.setAttribute("aria-checked", String(button.value === window.workbenchTheme.choice)));

  connectedCallback() {
    this.setAttribute("role", "radiogroup");
    this.setAttribute("aria-label", "Theme");
    this.replaceChildren(...Object.entries(themes).map(([value, [name, path]]) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", value, title: name });
      button.setAttribute("role", "radio");
      button.setAttribute("aria-label", name);
      button.innerHTML = `<svg viewBox="0 0 24 24" width="16" height="16" aria-hidden="true"><path fill="currentColor" d="${path}"/></svg><span>${name}</span>`;
      button.addEventListener("click", () => window.workbenchTheme.set(value));
      return button;
    }));
    addEventListener("workbench:theme", this.#show);
    this.#show();
  }

  disconnectedCallback() {
    removeEventListener("workbench:theme", this.#show);
  }
}

customElements.define("wb-time", WorkbenchTime);
customElements.define("theme-switch", ThemeSwitch);

async function copy(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Over plain HTTP from another machine browsers offer only this.
  const area = Object.assign(document.createElement("textarea"), { value: text });
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

actions.set("copy", copy);

// A dialog of MudBlazor gives the focus, when it comes to that, to an element of its own that can't be seen: who had it in the dialog keeps
// it, else what the dialog marks takes it.
addEventListener("focusin", event => {
  const dialog = event.target.matches(".fixed.pointer-events-none") ? event.target.closest("[role=dialog], .mud-dialog-container") : null;
  (dialog?.contains(event.relatedTarget) ? event.relatedTarget : dialog?.querySelector("[data-first]"))?.focus();
});

addEventListener("click", async event => {
  const button = event.target.closest?.("[data-copy]");
  if (button) {
    event.stopPropagation();
    await copy(button.dataset.copy);
    button.classList.add("copied");
    button.querySelector("[role=status]").textContent = "Copied";
    setTimeout(() => {
      button.classList.remove("copied");
      button.querySelector("[role=status]").textContent = "";
    }, 1500);
  }
}, true);
