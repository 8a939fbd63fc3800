// The palette: opening, closing and choosing happen here, at once; the workbench only searches.
import { actions } from "./do.js";

const options = dialog => [...dialog.querySelectorAll("[role=option]")].filter(option => option.getClientRects().length > 0);

function select(dialog, option) {
  options(dialog).forEach(o => o.setAttribute("aria-selected", String(o === option)));
  const input = dialog.querySelector("input");
  if (option) {
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    input.removeAttribute("aria-activedescendant");
  }
}

const selected = dialog => dialog.querySelector("[aria-selected=true]");

// Who types faster than the workbench searches means what is found for all that was typed: keys wait for that list.
const fresh = dialog => dialog.querySelector("[role=listbox]").dataset.query === dialog.querySelector("input").value;
const waiting = [];

function press(dialog, key) {
  const all = options(dialog);
  const at = all.indexOf(selected(dialog));
  const move = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: Math.min(at + 8, all.length - 1), PageUp: Math.max(at - 8, 0) }[key];
  if (key === "Enter") {
    selected(dialog)?.click();
  } else if (all.length > 0) {
    select(dialog, all[(move + all.length) % all.length]);
  }
}

// The list changes with each letter: its first item is chosen then, and stays so while live data come in.
let query = null;
const refresh = new MutationObserver(() => {
  const dialog = document.getElementById("palette");
  if (!dialog?.open) {
    return;
  }
  const list = dialog.querySelector("[role=listbox]");
  if (!selected(dialog) || query !== list.dataset.query) {
    query = list.dataset.query;
    select(dialog, options(dialog)[0]);
  }
  if (fresh(dialog)) {
    waiting.splice(0).forEach(key => press(dialog, key));
  }
});

actions.set("palette", () => {
  const dialog = document.getElementById("palette");
  if (!dialog || dialog.open || document.querySelector(".mud-dialog")) {
    return;
  }
  dialog.showModal();
  dialog.querySelector("input").select();
  const list = dialog.querySelector("[role=listbox]");
  query = list.dataset.query;
  refresh.observe(list, { childList: true, subtree: true, characterData: true, attributeFilter: ["data-query"] });
  select(dialog, options(dialog)[0]);
});

addEventListener("keydown", event => {
  const dialog = event.target.closest?.("#palette");
  if (!dialog) {
    return;
  }
  if (["ArrowDown", "ArrowUp", "PageDown", "PageUp", "Enter"].includes(event.key)) {
    event.preventDefault();
    if (fresh(dialog)) {
      press(dialog, event.key);
    } else {
      waiting.push(event.key);
    }
  } else if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    dialog.close();
  }
});

addEventListener("pointermove", event => {
  const option = event.target.closest?.("#palette [role=option]");
  if (option && option.getAttribute("aria-selected") !== "true" && (event.movementX || event.movementY)) {
    select(option.closest("dialog"), option);
  }
});

addEventListener("click", event => {
  const option = event.target.closest?.("#palette [role=option]");
  if (option) {
    // After Blazor has heard of the click.
    setTimeout(() => option.closest("dialog")?.close() ?? document.getElementById("palette").close());
  }
});

// Closed, it is emptied, so that it opens with what fits the place.
addEventListener("close", event => {
  if (event.target.id === "palette") {
    refresh.disconnect();
    waiting.length = 0;
    const input = event.target.querySelector("input");
    if (input.value !== "") {
      input.value = "";
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
}, true);
