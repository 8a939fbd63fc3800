// Runs before the first paint, and is therefore no module: sets the theme a person chose, or the system's, on the root element.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const stored = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // Storage is forbidden: the system's theme it is.
    }
  };
  const apply = choice => {
    const root = document.documentElement;
    root.dataset.themeChoice = choice;
    root.dataset.theme = choice === "system" ? (dark.matches ? "dark" : "light") : choice;
    dispatchEvent(new Event("workbench:theme"));
  };
  window.workbenchTheme = {
    get choice() {
      const choice = stored();
      return choice === "light" || choice === "dark" ? choice : "system";
    },
    set(choice) {
      try {
        localStorage.setItem("theme", choice);
      } catch {
        // It holds for this page then.
      }
      apply(choice);
    },
  };
  dark.addEventListener("change", () => apply(window.workbenchTheme.choice));
  addEventListener("storage", event => event.key === "theme" && apply(window.workbenchTheme.choice));
  apply(window.workbenchTheme.choice);
})();
