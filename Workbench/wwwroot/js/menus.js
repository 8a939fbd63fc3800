// Menus: role=menu popovers, opened by a button with popovertarget, or as the context menu. Arrows, Home, End and first letters move the focus.
const items = menu => [...menu.querySelectorAll("[role=menuitem]")].filter(item => item.getClientRects().length > 0);
const trigger = menu => document.querySelector(`[popovertarget="${menu.id}"]`);
const bar = button => [...button?.closest("[role=menubar]")?.querySelectorAll("[popovertarget]") ?? []];
const margin = 8;

function place(menu, x, y) {
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(margin, Math.min(x, innerWidth - width - margin))}px`;
  menu.style.top = `${Math.max(margin, Math.min(y, innerHeight - height - margin))}px`;
}

document.addEventListener("toggle", event => {
  const menu = event.target;
  const button = menu.popover === "auto" ? trigger(menu) : null;
  if (!button) {
    return;
  }
  const open = event.newState === "open";
  button.setAttribute("aria-expanded", String(open));
  if (open) {
    const box = button.getBoundingClientRect();
    place(menu, menu.dataset.align === "end" ? box.right - menu.offsetWidth : box.left, box.bottom + 4);
    if (menu.role === "menu") {
      items(menu)[0]?.focus({ preventScroll: true });
    }
  }
}, true);

function openNext(menu, step) {
  const buttons = bar(trigger(menu));
  const next = buttons[(buttons.indexOf(trigger(menu)) + step + buttons.length) % buttons.length];
  if (next) {
    menu.hidePopover();
    next.focus();
    document.getElementById(next.getAttribute("popovertarget")).showPopover();
  }
}

function rove(buttons, at, step) {
  const next = buttons[(at + step + buttons.length) % buttons.length];
  buttons.forEach(button => button.tabIndex = button === next ? 0 : -1);
  next.focus();
}

addEventListener("keydown", event => {
  const menu = event.target.closest?.("[role=menu]");
  const button = menu ? null : event.target.closest?.("[role=menubar] [popovertarget]");
  if (button) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) {
      event.preventDefault();
      // Its menu takes the focus a moment after it is shown: a quick second stroke comes here.
      const menu = document.getElementById(button.getAttribute("popovertarget"));
      if (menu.matches(":popover-open")) {
        openNext(menu, step);
      } else {
        rove(bar(button), bar(button).indexOf(button), step);
      }
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      document.getElementById(button.getAttribute("popovertarget")).showPopover();
    }
    return;
  }
  if (!menu) {
    return;
  }
  const all = items(menu);
  const at = all.indexOf(document.activeElement);
  const move = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (move !== undefined) {
    event.preventDefault();
    all[(move + all.length) % all.length].focus();
  } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
    event.preventDefault();
    openNext(menu, event.key === "ArrowRight" ? 1 : -1);
  } else if (event.key === "Tab") {
    menu.hidePopover();
  } else if (event.key === "Escape" && menu.popover === "manual") {
    event.preventDefault();
    event.stopPropagation();
    menu.hidePopover();
  } else if (event.key === " ") {
    event.preventDefault();
    event.target.click();
  } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const letter = event.key.toLowerCase();
    const order = [...all.slice(at + 1), ...all.slice(0, at + 1)];
    order.find(item => item.querySelector(".title").textContent.toLowerCase().startsWith(letter))?.focus();
    event.preventDefault();
  }
}, true);

// With one menu of the bar open, moving to another opens that. (A pointer at rest is told that it is over what appears there, too.)
addEventListener("pointermove", event => {
  const button = event.pointerType === "mouse" ? event.target.closest?.("[role=menubar] [popovertarget]") : null;
  const open = button && bar(button).find(b => b.getAttribute("aria-expanded") === "true");
  if (open && open !== button) {
    document.getElementById(open.getAttribute("popovertarget")).hidePopover();
    document.getElementById(button.getAttribute("popovertarget")).showPopover();
  }
});

addEventListener("click", event => {
  const item = event.target.closest?.("[role=menuitem]:not([popovertarget])");
  if (item?.getAttribute("aria-disabled") === "true") {
    event.preventDefault();
    return;
  }
  const menu = item?.closest("[popover]");
  if (menu?.matches(":popover-open")) {
    menu.hidePopover();
  }
});

// <context-menu at="x y n">: shown where "at" says each time that changes.
class ContextMenu extends HTMLElement {
  static observedAttributes = ["at"];

  #before = null;

  attributeChangedCallback() {
    if (this.getAttribute("at")) {
      // Its items come in the same batch of changes.
      queueMicrotask(() => this.#show());
    }
  }

  connectedCallback() {
    this.addEventListener("toggle", event => {
      if (event.newState === "closed") {
        const inside = this.contains(document.activeElement) || document.activeElement === document.body;
        if (inside && this.#before?.isConnected) {
          this.#before.focus({ preventScroll: true });
        }
      }
    });
  }

  #show() {
    if (!this.isConnected) {
      return;
    }
    const [x, y] = this.getAttribute("at").split(" ").map(Number);
    this.#before = this.contains(document.activeElement) ? this.#before : document.activeElement;
    if (!this.matches(":popover-open")) {
      this.showPopover();
    }
    place(this, x, y);
    items(this)[0]?.focus({ preventScroll: true });
  }
}

customElements.define("context-menu", ContextMenu);

const contextMenu = () => document.querySelector("context-menu:popover-open");
addEventListener("pointerdown", event => event.target.closest?.("context-menu") || contextMenu()?.hidePopover(), true);
addEventListener("scroll", event => event.target.contains?.(contextMenu()) === false || contextMenu()?.hidePopover(), true);
addEventListener("resize", () => contextMenu()?.hidePopover());
addEventListener("blur", () => contextMenu()?.hidePopover());

// A long press on a touch screen is a right click; browsers on iPhones don't say so by themselves.
let press;
let said = false;
const endPress = () => clearTimeout(press);
addEventListener("touchstart", event => {
  endPress();
  said = false;
  const { clientX, clientY } = event.touches[0];
  const target = event.target;
  if (event.touches.length === 1) {
    press = setTimeout(() => said || target.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true, clientX, clientY })), 650);
  }
}, { passive: true });
addEventListener("contextmenu", () => said = true, true);
["touchend", "touchmove", "touchcancel"].forEach(name => addEventListener(name, endPress, { passive: true }));
