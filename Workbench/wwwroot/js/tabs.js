// <document-tabs current="studies/a?trial=3" running="studies/a" gone="studies/b">: the open studies, experiments, runs, models and datasets of this browser. It fills itself
// from what was kept, before the first paint; the workbench only says where the person is, which studies run, and which are deleted.
import { actions, goTo, storage } from "./do.js";

const most = 40;
const documents = /^(studies|experiments|runs|models|data)\/[^/?#]+/;
const places = { "": "Studies", studies: "Studies", experiments: "Experiments", models: "Models", data: "Data", predict: "Predict", jobs: "Jobs", audit: "Audit", settings: "Settings", compare: "Compare" };

// What has a number in its address, and a name on its page.
const numbered = { runs: "Run", experiments: "Experiment" };

const keyOf = address => address.match(documents)?.[0] ?? null;
const kindOf = address => address.split(/[/?#]/)[0] || "studies";
const here = () => location.href.slice(document.baseURI.length);
// Workbenches beneath different paths of one host share the browser's storage, but not their studies.
const kept = new URL(document.baseURI).pathname === "/" ? "tabs" : `tabs ${new URL(document.baseURI).pathname}`;
const pageTitle = () => document.title.replace(/ · Workbench$/, "");

function icon(id) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS("http://www.w3.org/2000/svg", "use"));
  svg.firstChild.setAttribute("href", `#icon-${id}`);
  return svg;
}

class DocumentTabs extends HTMLElement {
  static observedAttributes = ["current", "running", "gone"];

  #loaded = false;
  #tabs = [];
  #place = { address: "studies", title: "Studies" };
  // A run or an experiment is called as its page calls it, once that is there, and as long as the person is.
  #title = new MutationObserver(() => numbered[kindOf(here())] && this.#arrived === here() && this.#follow(pageTitle(), false));

  connectedCallback() {
    this.#load();
    this.#loaded = true;
    this.#follow(pageTitle());
    this.#title.observe(document.head, { childList: true, subtree: true, characterData: true });
    addEventListener("storage", this.#stored);
    this.addEventListener("click", this.#click);
    this.addEventListener("auxclick", this.#click);
    this.addEventListener("mousedown", this.#middle);
    this.addEventListener("keydown", this.#key);
    this.addEventListener("wheel", this.#wheel, { passive: true });
  }

  disconnectedCallback() {
    this.#title.disconnect();
    removeEventListener("storage", this.#stored);
  }

  attributeChangedCallback(name) {
    // The first attributes come before that.
    if (this.#loaded) {
      this.#follow(null, name === "current");
    }
  }

  do(action) {
    const key = keyOf(here());
    const all = [this.#place, ...this.#tabs];
    const at = this.#tabs.findIndex(tab => keyOf(tab.address) === key) + 1;
    switch (action) {
      case "close": return key ? this.#close(key) : undefined;
      case "close-others": return this.#keep(this.#tabs.filter(tab => keyOf(tab.address) === key));
      case "close-all":
        this.#keep([]);
        return key ? goTo(this.#place.address) : undefined;
      case "next": return goTo(all[(at + 1) % all.length].address);
      case "previous": return goTo(all[(at - 1 + all.length) % all.length].address);
    }
  }

  // What the workbench shows; where the person is, is a step ahead of that while it draws.
  get #arrived() {
    return this.getAttribute("current") ?? "";
  }

  #list(attribute) {
    return (this.getAttribute(attribute) ?? "").split(" ").filter(Boolean);
  }

  #stored = event => {
    if (event.key === kept) {
      this.#load();
      this.#draw();
    }
  };

  #load() {
    try {
      const stored = JSON.parse(storage.get(kept) ?? "null");
      this.#tabs = (stored?.tabs ?? []).filter(tab => keyOf(tab.address));
      this.#place = stored?.place ?? this.#place;
    } catch {
      // Not ours, or of another time.
    }
  }

  #keep(tabs) {
    this.#tabs = tabs.slice(-most);
    storage.set(kept, JSON.stringify({ tabs: this.#tabs, place: this.#place }));
    this.#draw();
  }

  // Opens a tab for where the person has arrived, or renews its address and title. Only an arrival opens one: who has just closed it may still see it.
  #follow(called, opens = true) {
    const address = this.#arrived.replace(/([?&])launch(=[^&]*)?&?/, "$1").replace(/[?&]$/, "");
    const key = keyOf(address);
    const gone = this.#list("gone");
    let tabs = this.#tabs.filter(tab => keyOf(tab.address) === key || !gone.includes(keyOf(tab.address)));
    if (key !== keyOf(here())) {
      // Already left: another arrival is on its way.
    } else if (key) {
      const known = tabs.find(tab => keyOf(tab.address) === key);
      const name = decodeURIComponent(key.split("/")[1]);
      const title = numbered[kindOf(key)] ? called || known?.title || `${numbered[kindOf(key)]} ${name}` : name;
      tabs = known ? tabs.map(tab => tab === known ? { address, title } : tab) : opens ? [...tabs, { address, title }] : tabs;
    } else {
      const title = places[kindOf(address)] ?? (pageTitle() || "Not found");
      this.#place = { address: address || "studies", title };
    }
    this.#keep(tabs);
  }

  #close(key) {
    const at = this.#tabs.findIndex(tab => keyOf(tab.address) === key);
    const rest = this.#tabs.filter((_, i) => i !== at);
    this.#keep(rest);
    if (key === keyOf(here())) {
      goTo((rest[at] ?? rest[at - 1] ?? this.#place).address);
    }
  }

  #click = event => {
    const tab = event.target.closest("li[data-key]");
    if (tab && (event.button === 1 || event.target.closest("button"))) {
      event.preventDefault();
      this.#close(tab.dataset.key);
    }
  };

  // No scrolling by the middle button here.
  #middle = event => event.button === 1 && event.preventDefault();

  #key = event => {
    const tab = event.target.closest("li[data-key]");
    if (tab && event.key === "Delete") {
      event.preventDefault();
      const next = tab.nextElementSibling ?? tab.previousElementSibling;
      const focus = next?.dataset.key ?? "";
      this.#close(tab.dataset.key);
      this.querySelector(`li[data-key="${CSS.escape(focus)}"] a, li a`)?.focus();
    }
  };

  #wheel = event => {
    if (event.deltaX === 0) {
      this.firstElementChild.scrollLeft += event.deltaY;
    }
  };

  #draw() {
    if (this.matches(":active")) {
      // Not under a pressed button of the mouse: with its element the click would be lost.
      addEventListener("pointerup", () => setTimeout(() => this.#draw()), { once: true });
      return;
    }
    const key = keyOf(here());
    const running = this.#list("running");
    const wanted = [
      { ...this.#place, key: "", icon: kindOf(this.#place.address), active: key === null },
      ...this.#tabs.map(tab => ({ ...tab, key: keyOf(tab.address), icon: kindOf(tab.address), active: keyOf(tab.address) === key })),
    ];
    const shown = JSON.stringify([wanted, running]);
    if (this.dataset.shown === shown && this.firstElementChild) {
      return;
    }
    this.dataset.shown = shown;
    const list = this.querySelector("ul") ?? this.appendChild(document.createElement("ul"));
    this.toggleAttribute("data-empty", this.#tabs.length === 0);
    const focused = list.contains(document.activeElement) ? document.activeElement.closest("li")?.dataset.key : null;
    list.replaceChildren(...wanted.map(tab => this.#item(tab, running.includes(tab.key))));
    if (focused != null) {
      list.querySelector(`li[data-key="${CSS.escape(focused)}"] a`)?.focus();
    }
    const active = list.querySelector("[aria-current]");
    if (active) {
      const [box, frame] = [active.parentElement.getBoundingClientRect(), list.getBoundingClientRect()];
      list.scrollLeft += box.left < frame.left ? box.left - frame.left : box.right > frame.right ? box.right - frame.right : 0;
    }
  }

  #item(tab, running) {
    const item = document.createElement("li");
    const link = Object.assign(document.createElement("a"), { href: tab.address, title: tab.title, className: running ? "running" : "" });
    const title = Object.assign(document.createElement("span"), { textContent: tab.title });
    link.append(icon(tab.icon), title);
    if (running) {
      link.append(Object.assign(document.createElement("span"), { className: "sr-only", textContent: ", running" }));
    }
    if (tab.active) {
      link.setAttribute("aria-current", "page");
    }
    item.append(link);
    if (tab.key) {
      item.dataset.key = tab.key;
      link.setAttribute("aria-keyshortcuts", "Delete");
      const close = Object.assign(document.createElement("button"), { type: "button", title: "Close (middle click, Delete)", tabIndex: -1 });
      close.setAttribute("aria-label", `Close ${tab.title}`);
      close.append(icon("close"));
      item.append(close);
    }
    return item;
  }
}

customElements.define("document-tabs", DocumentTabs);

actions.set("tabs", action => document.querySelector("document-tabs")?.do(action));
