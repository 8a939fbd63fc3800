// What the browser does by itself when a command asks for it: <button data-do="theme dark"> runs the action "theme" with "dark".
export const actions = new Map();

export const storage = {
  get(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // Storage is forbidden: what would be kept holds for this page only.
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(key, value);
    } catch {
      // As above.
    }
  },
};

// Where Blazor is alive it changes the page in place.
export const goTo = address => window.Blazor?.navigateTo ? window.Blazor.navigateTo(address) : location.assign(address);

addEventListener("click", event => {
  const [name, ...rest] = event.target.closest?.("[data-do]")?.dataset.do.split(" ") ?? [];
  actions.get(name)?.(rest.join(" "), event);
});

actions.set("show", id => {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) {
    dialog.showModal();
  }
});
actions.set("theme", choice => window.workbenchTheme.set(choice));
actions.set("open", address => window.open(address, "_blank", "noopener"));
actions.set("sign-out", () => {
  const form = document.body.appendChild(document.createElement("form"));
  Object.assign(form, { method: "post", action: "logout" }).submit();
});
actions.set("filter", () => {
  const field = document.querySelector("main [data-filter], main input[type=search]");
  field?.focus();
  field?.select();
});
actions.set("explorer", () => {
  const open = document.documentElement.toggleAttribute("data-explorer");
  storage.set("explorer", open ? "open" : "");
});

// A click on the backdrop of a <dialog> closes it.
addEventListener("click", event => event.target instanceof HTMLDialogElement && event.target.close());

// Installing: the browser says when it can be done.
let install;
addEventListener("beforeinstallprompt", event => {
  event.preventDefault();
  install = event;
  document.documentElement.toggleAttribute("data-installable", true);
});
addEventListener("appinstalled", () => document.documentElement.removeAttribute("data-installable"));
actions.set("install", () => install?.prompt());
