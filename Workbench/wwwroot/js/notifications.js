// Notifications of the browser, for who has asked for them, when the page can't be seen; and the mark of news on the bell.
import { actions, storage } from "./do.js";

const wanted = () => "Notification" in window && Notification.permission === "granted" && storage.get("notify") === "on";

window.workbenchNotify = (title, body, address, tag) => {
  if (document.hidden && wanted()) {
    // Of several open pages one says it: the tag is the same.
    const notification = new Notification(title, { body, tag, icon: "icons/icon-192.png" });
    notification.onclick = () => {
      window.focus();
      window.Blazor.navigateTo(address);
      notification.close();
    };
  }
};

// <notify-switch></notify-switch>: a switch that asks the browser for its permission.
class NotifySwitch extends HTMLElement {
  connectedCallback() {
    this.innerHTML = `<button type="button" role="switch"><i aria-hidden="true"></i><span>Notify me when this window is hidden</span></button><p></p>`;
    this.firstElementChild.addEventListener("click", async () => {
      const on = wanted();
      storage.set("notify", on ? "off" : "on");
      if (!on && "Notification" in window && Notification.permission === "default") {
        await Notification.requestPermission();
      }
      this.#show();
    });
    this.#show();
  }

  #show() {
    const [button, note] = this.children;
    const possible = "Notification" in window && Notification.permission !== "denied";
    button.setAttribute("aria-checked", String(wanted()));
    button.disabled = !possible;
    note.textContent = possible ? "" : "Notification" in window ? "This browser blocks notifications from here: its site settings can allow them."
      : "Browsers offer notifications only over HTTPS, or on this machine itself.";
    note.hidden = possible;
  }
}

// <news-mark latest="2026-01-01T00:00:00Z">: shows while that is later than what was looked at last.
class NewsMark extends HTMLElement {
  static observedAttributes = ["latest"];

  attributeChangedCallback() {
    this.#show();
  }

  connectedCallback() {
    // A first visit has seen everything.
    if (storage.get("news") === null) {
      this.seen();
    }
    this.#show();
  }

  seen() {
    storage.set("news", this.getAttribute("latest") ?? "");
    this.#show();
  }

  #show() {
    this.toggleAttribute("data-new", (this.getAttribute("latest") ?? "") > (storage.get("news") ?? ""));
  }
}

customElements.define("notify-switch", NotifySwitch);
customElements.define("news-mark", NewsMark);
actions.set("news", () => document.querySelector("news-mark").seen());
