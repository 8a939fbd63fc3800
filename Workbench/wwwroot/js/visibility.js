// Tells the circuit whether its page can be seen. A page that the workbench forgot about (it was restarted) is not told.
window.workbenchVisibility = listener => {
  const tell = () => listener.invokeMethodAsync("Set", !document.hidden).catch(() => {});
  document.addEventListener("visibilitychange", tell);
  if (document.hidden) {
    tell();
  }
};
