// A grid that holds only the pictures that can be seen, however many there are. Pages of them are read when they come into sight.
const page = 200;
const gap = 6;
const least = 92; // Pixels of a picture's side, at least.
const beyond = 2; // Rows that are drawn above and below.

export const create = (grid, owner) => grid && new Grid(grid, owner);

class Grid {
  #grid;
  #owner;
  #field = document.createElement("div");
  #items = "";
  #thumbnails = "";
  #total = 0;
  #pages = new Map();
  #cells = new Map();
  #selected = new Set();
  #anchor = -1;
  #focused = -1;
  #drawing = 0;
  #shown = 0;
  #gone = new AbortController();
  #resized = new ResizeObserver(() => this.#draw());

  constructor(grid, owner) {
    this.#grid = grid;
    this.#owner = owner;
    this.#field.className = "sheet";
    this.#field.role = "presentation";
    grid.append(this.#field);
    const on = (type, handler, options) => grid.addEventListener(type, handler, { signal: this.#gone.signal, ...options });
    on("scroll", () => this.#drawSoon(), { passive: true });
    on("click", event => this.#click(event));
    on("keydown", event => this.#key(event));
    this.#resized.observe(grid);
  }

  async show(items, thumbnails) {
    const shown = ++this.#shown;
    this.#items = items;
    this.#thumbnails = thumbnails;
    this.#pages.clear();
    this.#anchor = this.#focused = -1;
    this.#select(() => this.#selected.clear());
    for (const cell of this.#cells.values()) {
      cell.remove();
    }
    this.#cells.clear();
    this.#grid.scrollTop = 0;
    const first = await this.#read(0);
    if (first && shown === this.#shown) {
      this.#total = first.total;
      this.#owner.invokeMethodAsync("Counted", first.total);
      this.#draw();
    }
  }

  clear() {
    this.#select(() => this.#selected.clear());
  }

  async edit(address, version, to) {
    const ids = [...this.#selected];
    const answer = await fetch(new URL(address, document.baseURI), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(to === null ? { version, exclude: ids } : { version, move: ids, to }),
    }).catch(() => null);
    const told = await answer?.json().catch(() => null);
    await (answer?.ok ? this.#owner.invokeMethodAsync("Edited", told.version)
      : this.#owner.invokeMethodAsync("Refused", told?.detail ?? "The server can't be reached. Nothing was changed."));
  }

  dispose() {
    this.#gone.abort();
    this.#resized.disconnect();
    cancelAnimationFrame(this.#drawing);
  }

  #read(number) {
    if (!this.#pages.has(number)) {
      const address = new URL(this.#items, document.baseURI);
      address.searchParams.set("offset", number * page);
      address.searchParams.set("limit", page);
      const read = fetch(address, { signal: this.#gone.signal }).then(answer => answer.ok ? answer.json() : null).then(read => {
        if (read) {
          read.isThere = true;
          this.#pages.set(number, read);
          this.#drawSoon();
        } else {
          this.#pages.delete(number);
        }
        return read;
      }).catch(() => this.#pages.delete(number) && null);
      this.#pages.set(number, read);
    }
    return this.#pages.get(number);
  }

  #item(index) {
    const read = this.#read(Math.floor(index / page));
    return read.isThere ? read.items[index % page] : undefined;
  }

  get #columns() {
    return Math.max(1, Math.floor((this.#grid.clientWidth - 16 + gap) / (least + gap)));
  }

  #drawSoon() {
    this.#drawing ||= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#drawing = 0;
    const columns = this.#columns;
    const side = Math.floor((this.#grid.clientWidth - 16 + gap) / columns) - gap;
    const row = side + gap;
    this.#field.style.height = `${Math.ceil(this.#total / columns) * row}px`;
    const from = Math.max(0, Math.floor(this.#grid.scrollTop / row) - beyond) * columns;
    const to = Math.min(this.#total, (Math.ceil((this.#grid.scrollTop + this.#grid.clientHeight) / row) + beyond) * columns);
    for (const [index, cell] of this.#cells) {
      if (index < from || index >= to) {
        cell.remove();
        this.#cells.delete(index);
      }
    }
    for (let index = from; index < to; index++) {
      let cell = this.#cells.get(index);
      if (!cell) {
        cell = this.#make(index);
        this.#cells.set(index, cell);
        this.#field.append(cell);
      }
      cell.style.cssText = `width:${side}px;height:${side}px;transform:translate(${(index % columns) * row}px,${Math.floor(index / columns) * row}px)`;
      this.#fill(cell, index);
    }
  }

  #make(index) {
    const cell = document.createElement("button");
    cell.type = "button";
    cell.role = "option";
    cell.tabIndex = index === Math.max(0, this.#focused) ? 0 : -1;
    cell.setAttribute("aria-setsize", this.#total);
    cell.setAttribute("aria-posinset", index + 1);
    cell.setAttribute("aria-selected", "false");
    cell.dataset.index = index;
    return cell;
  }

  #fill(cell, index) {
    const item = this.#item(index);
    if (!item || cell.dataset.id === `${item.id}`) {
      return;
    }
    cell.dataset.id = item.id;
    cell.title = `${item.path ?? `Picture ${item.id}`} · ${item.class}${item.part ? ` · ${item.part}` : ""} · ${item.width} × ${item.height}`;
    cell.setAttribute("aria-label", `${item.class}, ${item.path ?? `picture ${item.id}`}`);
    cell.setAttribute("aria-selected", this.#selected.has(item.id));
    const image = document.createElement("img");
    image.alt = "";
    image.decoding = "async";
    image.draggable = false;
    image.addEventListener("load", () => image.classList.add("seen"), { once: true });
    image.src = new URL(this.#thumbnails.replace("ID", item.id), document.baseURI);
    const label = document.createElement("span");
    label.textContent = item.class;
    cell.replaceChildren(image, label);
  }

  #click(event) {
    const cell = event.target.closest("button");
    if (!cell?.dataset.id) {
      return;
    }
    const index = Number(cell.dataset.index);
    this.#focused = index;
    this.#select(() => {
      if (event.shiftKey && this.#anchor >= 0) {
        for (let at = Math.min(this.#anchor, index); at <= Math.max(this.#anchor, index); at++) {
          const item = this.#item(at);
          if (item) {
            this.#selected.add(item.id);
          }
        }
      } else {
        const id = Number(cell.dataset.id);
        if (!this.#selected.delete(id)) {
          this.#selected.add(id);
        }
        this.#anchor = index;
      }
    });
  }

  #key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.#columns, ArrowDown: this.#columns, Home: -this.#total, End: this.#total }[event.key];
    if (step === undefined || this.#total === 0) {
      return;
    }
    event.preventDefault();
    this.#focused = Math.min(this.#total - 1, Math.max(0, Number(event.target.closest("button")?.dataset.index ?? 0) + step));
    const columns = this.#columns;
    const row = Math.floor((this.#grid.clientWidth - 16 + gap) / columns);
    const top = Math.floor(this.#focused / columns) * row;
    if (top < this.#grid.scrollTop || top + row > this.#grid.scrollTop + this.#grid.clientHeight) {
      this.#grid.scrollTop = top < this.#grid.scrollTop ? top : top + row - this.#grid.clientHeight + 16;
    }
    this.#draw();
    for (const [index, cell] of this.#cells) {
      cell.tabIndex = index === this.#focused ? 0 : -1;
    }
    this.#cells.get(this.#focused)?.focus({ preventScroll: true });
  }

  #select(change) {
    const before = this.#selected.size;
    change();
    for (const cell of this.#cells.values()) {
      cell.setAttribute("aria-selected", this.#selected.has(Number(cell.dataset.id)));
    }
    if (this.#selected.size !== before) {
      this.#owner.invokeMethodAsync("Selected", this.#selected.size);
    }
  }
}
