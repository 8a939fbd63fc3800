// MudBlazor keeps a message for as long as the pointer is on it, and a browser says that a pointer has entered what came up beneath it. A person who has
// just clicked there would never get rid of it: a pointer that rests has not entered. It has once it moves.
let at;
let beneath;

const messageOf = target => target.closest?.(".mud-snackbar");

addEventListener("pointerenter", event => {
  if (event.target === messageOf(event.target) && at?.x === event.clientX && at?.y === event.clientY) {
    beneath = event.target;
    event.stopImmediatePropagation();
  }
}, true);

addEventListener("pointermove", event => {
  if (at?.x === event.clientX && at?.y === event.clientY) {
    return;
  }
  if (beneath && beneath === messageOf(event.target)) {
    beneath.dispatchEvent(new PointerEvent("pointerenter", { clientX: event.clientX, clientY: event.clientY, pointerType: event.pointerType }));
  }
  beneath = null;
  at = { x: event.clientX, y: event.clientY };
}, { capture: true, passive: true });
