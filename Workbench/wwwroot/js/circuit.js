// The connection to the workbench: begun here, taken up again by itself, and nothing that was typed or clicked in between is lost.
const kept = "typed";
const patience = 15_000;
let down = false;

const isAlive = () => !down && document.querySelector(".shell[data-live]") != null;

// ---- What was typed
const fields = "input:not([type=file], [type=password], [type=checkbox], [type=radio]), textarea, select";
const typed = new Map();

// A field is known again, after the page was rendered afresh, by its id, name or label, and its place among those of the same.
const nameOf = field => `${field.localName} ${field.id || field.name || field.getAttribute("aria-label") || field.placeholder}`;
const sameName = name => [...document.querySelectorAll(fields)].filter(field => nameOf(field) === name);

let restoring = false;

for (const kind of ["input", "change"]) {
  addEventListener(kind, event => {
    const field = event.target;
    if (!restoring && field.matches?.(fields)) {
      const [path, name] = [location.pathname, nameOf(field)];
      const index = sameName(name).indexOf(field);
      typed.set(`${path} ${index} ${name}`, { path, name, index, field, value: field.value, unheard: !isAlive() });
    }
    if (down) {
      event.stopPropagation(); // Nothing listens yet; it is told again later.
    }
  }, true);
}

function restore(entry) {
  const field = sameName(entry.name)[entry.index];
  if (field) {
    Object.assign(entry, { field, unheard: false });
    field.value = entry.value;
    restoring = true;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    restoring = false;
  }
  return field !== undefined;
}

// Fields may come later, as those of a dialog do: each is filled when it is there, in the order in which they were typed in.
function restoreAll(entries) {
  const missing = new Set(entries);
  const fill = () => {
    missing.forEach(entry => restore(entry) && missing.delete(entry));
    if (missing.size === 0) {
      watch.disconnect();
    }
  };
  const watch = new MutationObserver(() => setTimeout(fill));
  watch.observe(document.body, { childList: true, subtree: true });
  setTimeout(() => watch.disconnect(), patience);
  fill();
}

function keep() {
  const entries = [...typed.values()].filter(entry => entry.path === location.pathname && entry.field.isConnected);
  try {
    sessionStorage.setItem(kept, JSON.stringify(entries.map(({ path, name, index, value }) => ({ path, name, index, value, unheard: true }))));
  } catch {
    // Storage is forbidden: what was typed can't be kept.
  }
}

function takeKept() {
  try {
    const entries = JSON.parse(sessionStorage.getItem(kept) ?? "[]").filter(entry => entry.path === location.pathname);
    sessionStorage.removeItem(kept);
    return entries;
  } catch {
    return [];
  }
}

// ---- What was clicked while nothing listened
const clicks = [];
// These need no circuit.
const alone = "theme-switch, document-tabs, notify-switch, .connection, [data-copy]";

const labelOf = button => `${button.getAttribute("role") ?? ""} ${button.getAttribute("aria-label") ?? button.textContent.trim()}`;
const sameLabel = label => [...document.querySelectorAll("button")].filter(button => labelOf(button) === label);

addEventListener("click", event => {
  const button = event.target.closest?.("button");
  if (button && !isAlive() && !button.closest(alone)) {
    event.preventDefault();
    event.stopPropagation();
    const label = labelOf(button);
    clicks.push({ label, index: sameLabel(label).indexOf(button) });
    button.setAttribute("aria-busy", "true");
  }
}, true);

const click = ({ label, index }) => new Promise(resolve => {
  const attempt = () => {
    const button = sameLabel(label)[index];
    if (button && !button.disabled) {
      done();
      button.removeAttribute("aria-busy");
      button.click();
    }
  };
  const done = () => {
    watch.disconnect();
    clearTimeout(timer);
    resolve();
  };
  const watch = new MutationObserver(() => setTimeout(attempt));
  const timer = setTimeout(done, patience);
  watch.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
  attempt();
});

async function catchUp() {
  restoreAll([...typed.values()].filter(entry => entry.unheard && entry.path === location.pathname));
  for (const one of clicks.splice(0)) {
    await click(one);
  }
}

const birth = new MutationObserver(() => {
  if (isAlive()) {
    birth.disconnect();
    takeKept().forEach(entry => typed.set(`${entry.path} ${entry.index} ${entry.name}`, entry));
    catchUp();
  }
});
birth.observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-live"] });

// ---- Coming back
let reloading = false;

// The server was restarted and knows nothing of this page's circuit, or Blazor has given up: wait for the server, then start afresh.
async function reloadWhenBack() {
  if (reloading) {
    return;
  }
  reloading = true;
  for (;;) {
    try {
      if ((await fetch("health", { cache: "no-store" })).status < 500) {
        keep();
        location.reload();
        return;
      }
    } catch {
      // Not yet.
    }
    await new Promise(resolve => setTimeout(resolve, 500));
  }
}

// The sign-in has ended, here or elsewhere: the way back leads through it.
async function signInAgain() {
  try {
    const answer = await fetch(location.href, { cache: "no-store", redirect: "manual", headers: { Accept: "text/html" } });
    if (answer.type === "opaqueredirect") {
      keep();
      location.reload();
    }
  } catch {
    // The server is away; that is waited for.
  }
}

document.getElementById("components-reconnect-modal")?.addEventListener("components-reconnect-state-changed", event => {
  const { state } = event.detail;
  down = state !== "hide";
  if (state === "show") {
    signInAgain();
  }
  if (state === "hide") {
    catchUp();
  } else if (["failed", "rejected", "resume-failed", "paused"].includes(state)) {
    reloadWhenBack();
  }
});

// A fault that nothing caught has ended the circuit, and the page is dead: Blazor tells so by showing this element. The page starts afresh; when it has
// only just done so, a person decides.
function startAfresh() {
  down = true;
  if (performance.now() < patience && performance.getEntriesByType("navigation")[0].type === "reload") {
    document.querySelector(".connection.ended").hidden = false;
  } else {
    reloadWhenBack();
  }
}

document.querySelector(".connection.ended button").addEventListener("click", reloadWhenBack);
new MutationObserver(startAfresh).observe(document.getElementById("blazor-error-ui"), { attributeFilter: ["style"] });

window.Blazor.start({
  circuit: {
    // A minute; then js waits for the server, however long.
    reconnectionOptions: { maxRetries: 80, retryIntervalMilliseconds: attempt => attempt < 1 ? 0 : 750, dialogId: "components-reconnect-modal" },
  },
});
