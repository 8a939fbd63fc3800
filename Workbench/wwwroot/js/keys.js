// Shortcuts: whatever in the page carries data-keys is clicked by them, so that a shortcut does what its menu item does.
// "g s" is two strokes, "Mod+K" Ctrl+K or ⌘K.
const pause = 1500;
let begun = "";
let timer;

const isMac = document.documentElement.dataset.os === "mac";

function stroke(event) {
  const parts = [];
  if (isMac ? event.metaKey : event.ctrlKey) {
    parts.push("Mod");
  }
  if (event.altKey) {
    parts.push("Alt");
  }
  // With Alt some keyboards give another character than the key shows.
  const key = event.altKey && /^Key[A-Z]$/.test(event.code) ? event.code[3] : event.key;
  parts.push(parts.length > 0 ? key.toUpperCase() : key);
  return parts.join("+");
}

const isTyping = target => target.closest?.("input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable=true]") != null;

const isCovered = () => document.querySelector("dialog[open], .mud-dialog, [role=menu]:popover-open") != null;

// What a person's scope does not allow is not displayed (app.css), and has no shortcut either.
const isAllowed = command => getComputedStyle(command).display !== "none";

function find(keys) {
  const all = [...document.querySelectorAll("[data-keys]")].filter(isAllowed);
  return { whole: all.find(e => e.dataset.keys === keys), begun: all.some(e => e.dataset.keys.startsWith(keys + " ")) };
}

addEventListener("keydown", event => {
  if (event.defaultPrevented || event.isComposing || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) {
    return;
  }
  if (event.key === "Escape") {
    // MudBlazor listens for it some time after its dialog is seen, and only where the focus is in it.
    [...document.querySelectorAll(".mud-dialog [data-cancel]")].at(-1)?.click();
  }
  const now = stroke(event);
  const plain = !now.includes("+") || now === "+";
  if (isCovered() || (plain && (isTyping(event.target) || event.ctrlKey || event.metaKey))) {
    return;
  }
  const keys = begun ? `${begun} ${now}` : now;
  let match = find(keys);
  if (!match.whole && !match.begun && begun) {
    match = find(now);
  }
  clearTimeout(timer);
  begun = "";
  if (match.whole) {
    event.preventDefault();
    match.whole.click();
  } else if (match.begun) {
    begun = now;
    timer = setTimeout(() => begun = "", pause);
  }
});
