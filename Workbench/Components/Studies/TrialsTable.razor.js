// Keys, and a table that stands still: arrow keys go from row to row, Space chooses; what is read, and what the pointer is on, stays where it is
// while rows arrive above.
export const create = scroller => scroller && new Rows(scroller);

class Rows {
  #scroller;
  #body;
  #anchor;
  // How far the table has moved down by itself since it was at its top.
  #moved = 0;
  #ended = new AbortController();
  #changed = new MutationObserver(() => this.#hold());

  constructor(scroller) {
    this.#scroller = scroller;
    this.#body = scroller.querySelector("tbody");
    const signal = this.#ended.signal;
    scroller.addEventListener("keydown", event => this.#key(event), { signal });
    scroller.addEventListener("scroll", () => this.#drop(), { signal, passive: true });
    this.#body.addEventListener("pointerenter", () => this.#drop(), { signal });
    this.#body.addEventListener("pointerleave", () => this.#scroller.scrollTop === this.#moved && this.toTop(), { signal });
    // With Shift a click chooses rows, not text.
    scroller.addEventListener("mousedown", event => event.shiftKey && event.preventDefault(), { signal });
    this.#changed.observe(this.#body, { childList: true });
    this.#drop();
  }

  toTop() {
    this.#anchor = null;
    this.#moved = 0;
    this.#scroller.scrollTop = 0;
  }

  dispose() {
    this.#ended.abort();
    this.#changed.disconnect();
  }

  get #top() {
    return this.#scroller.getBoundingClientRect().top + this.#scroller.querySelector("thead").offsetHeight;
  }

  #firstInSight() {
    const top = this.#top;
    return [...this.#body.rows].find(row => row.cells.length && row.getBoundingClientRect().bottom > top);
  }

  // Remembers a row and where it is.
  #drop() {
    const row = this.#scroller.scrollTop > 0 || this.#body.matches(":hover") ? this.#firstInSight() : null;
    this.#anchor = row && { row, top: row.getBoundingClientRect().top };
  }

  // Runs before the browser paints: the row is not seen to move. (Virtualize switches the browser's own anchoring off.)
  #hold() {
    if (this.#anchor?.row.isConnected) {
      const moved = this.#anchor.row.getBoundingClientRect().top - this.#anchor.top;
      if (Math.abs(moved) >= 1) {
        const from = this.#scroller.scrollTop;
        this.#scroller.scrollTop += moved;
        this.#moved = from === 0 || from === this.#moved ? this.#scroller.scrollTop : 0;
      }
    }
    this.#drop();
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const row = event.target.closest("tbody tr");
    if (step && (row || event.target === this.#scroller)) {
      event.preventDefault();
      this.#go(row, step, event.target.matches("input") ? "input" : ".link", event.shiftKey);
    } else if (event.key === " " && event.target.matches(".link")) {
      event.preventDefault();
      this.#choose(row, event.shiftKey);
    }
  }

  #go(row, step, control, choose) {
    const next = row ? (step > 0 ? row.nextElementSibling : row.previousElementSibling) : this.#firstInSight();
    const target = next?.querySelector(control);
    if (target) {
      target.focus();
      if (choose) {
        this.#choose(next, true);
      }
    } else {
      this.#scroller.scrollTop += step * (row?.offsetHeight ?? 30);
    }
  }

  #choose(row, shiftKey) {
    row.querySelector("input").dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey }));
  }
}
