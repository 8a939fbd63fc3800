// <pane-splitter name="explorer" min="180" max="480" default="240">: the border of a pane. It sets --pane-explorer on the root element, which the
// grid uses, and keeps it for later visits; js/theme.js sets what was kept before the first paint. With "before" the pane lies after the border.
import { storage } from "./do.js";

class PaneSplitter extends HTMLElement {
  #number = name => Number(this.getAttribute(name));

  get #vertical() {
    return this.getAttribute("aria-orientation") !== "horizontal";
  }

  get #size() {
    return Number(this.getAttribute("aria-valuenow"));
  }

  connectedCallback() {
    this.#show(Number(storage.get(`pane:${this.getAttribute("name")}`)) || this.#number("default"));
    this.addEventListener("pointerdown", this.#drag);
    this.addEventListener("keydown", this.#key);
    this.addEventListener("dblclick", () => this.#set(this.#number("default")));
  }

  #show(size) {
    const fit = Math.round(Math.max(this.#number("min"), Math.min(size, this.#number("max"))));
    this.setAttribute("aria-valuemin", this.getAttribute("min"));
    this.setAttribute("aria-valuemax", this.getAttribute("max"));
    this.setAttribute("aria-valuenow", fit);
    document.documentElement.style.setProperty(`--pane-${this.getAttribute("name")}`, `${fit}px`);
    return fit;
  }

  #set(size) {
    storage.set(`pane:${this.getAttribute("name")}`, String(this.#show(size)));
  }

  #drag = event => {
    if (event.button !== 0) {
      return;
    }
    event.preventDefault();
    this.focus({ preventScroll: true });
    this.setPointerCapture(event.pointerId);
    const at = e => (this.#vertical ? e.clientX : e.clientY);
    const sign = this.hasAttribute("before") ? -1 : 1;
    const [start, size] = [at(event), this.#size];
    const move = e => this.#show(size + sign * (at(e) - start));
    const end = () => {
      this.removeEventListener("pointermove", move);
      this.#set(this.#size);
      // Charts fit themselves to the window.
      dispatchEvent(new Event("resize"));
    };
    this.addEventListener("pointermove", move);
    this.addEventListener("lostpointercapture", end, { once: true });
  };

  #key = event => {
    const [less, more] = this.#vertical ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    const step = (event.shiftKey ? 64 : 16) * (this.hasAttribute("before") ? -1 : 1);
    const size = { [less]: this.#size - step, [more]: this.#size + step, Home: this.#number("min"), End: this.#number("max") }[event.key];
    if (size !== undefined) {
      event.preventDefault();
      this.#set(size);
      dispatchEvent(new Event("resize"));
    }
  };
}

customElements.define("pane-splitter", PaneSplitter);
