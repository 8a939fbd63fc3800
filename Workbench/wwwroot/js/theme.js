// Runs before the first paint, and is therefore no module: sets what a person chose on earlier visits on the root element: the theme, or the
// system's, the sizes of panes, and whether the explorer is open.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const stored = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // Storage is forbidden: the system's theme it is.
    }
  };
  const apply = choice => {
    root.dataset.themeChoice = choice;
    root.dataset.theme = choice === "system" ? (dark.matches ? "dark" : "light") : choice;
    // The title bar of an installed app, and the browser's own bar on a phone.
    document.querySelector("meta[name=theme-color]")?.setAttribute("content", root.dataset.theme === "dark" ? "#15181e" : "#ffffff");
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
  root.dataset.os = /Mac|iPhone|iPad/.test(navigator.userAgentData?.platform ?? navigator.platform) ? "mac" : "other";
  try {
    root.toggleAttribute("data-explorer", localStorage.getItem("explorer") === "open");
    Object.entries(localStorage).filter(([key]) => key.startsWith("pane:")).forEach(([key, size]) =>
      root.style.setProperty(`--pane-${key.slice(5)}`, `${Number(size)}px`));
  } catch {
    // The defaults it is.
  }
})();
