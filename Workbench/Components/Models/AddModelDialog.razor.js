// A form with a large file, sent over HTTP: never over the circuit.
import { send } from "../../js/files.js";

const mostLabels = 1 << 20; // Bytes of a file of labels.

export const create = (form, progress, owner, most) => form && new Addition(form, progress, owner, most);

class Addition {
  #form;
  #progress;
  #owner;
  #most;
  #file;
  #request;
  #gone = new AbortController();

  constructor(form, progress, owner, most) {
    this.#form = form;
    this.#progress = progress;
    this.#owner = owner;
    this.#most = most;
    const on = (target, type, handler) => target.addEventListener(type, handler, { signal: this.#gone.signal });
    for (const chooser of form.querySelectorAll("input[type=file]")) {
      on(chooser, "change", () => {
        const file = chooser.files[0];
        chooser.value = "";
        this.#take(file, chooser.classList.contains("labels"));
      });
    }
    on(document, "dragover", event => {
      event.preventDefault();
      form.classList.add("over");
    });
    on(document, "dragleave", event => event.relatedTarget || form.classList.remove("over"));
    on(document, "drop", event => {
      event.preventDefault();
      form.classList.remove("over");
      const file = event.dataTransfer.files[0];
      this.#take(file, /\.(txt|json|csv)$/i.test(file?.name));
    });
    form.dataset.ready = "";
  }

  choose(what) {
    this.#form.querySelector(`input.${what}`).click();
  }

  send(key) {
    const fields = new FormData(this.#form);
    for (const field of ["highest", "mean", "deviation"]) {
      if (!fields.get(field)?.trim()) {
        fields.delete(field);
      }
    }
    fields.set("production", this.#form.elements.production.checked);
    if (this.#file) {
      fields.set("file", this.#file);
    }
    const request = this.#request = send("api/models", fields, { "Idempotency-Key": key }, this.#progress, () => this.#owner.invokeMethodAsync("Sent"), () => {
      if (this.#request === request) {
        this.#request = undefined;
        this.#end(request);
      }
    });
  }

  cancel() {
    const request = this.#request;
    this.#request = undefined;
    request?.abort();
  }

  dispose() {
    this.#gone.abort();
    this.cancel();
  }

  async #take(file, isLabels) {
    if (!file || this.#request) {
      return;
    }
    if (isLabels) {
      await (file.size > mostLabels
        ? this.#refuse("labels", `${file.name} is no list of labels: it is larger than 1 MB.`)
        : file.text().then(text => {
          this.#form.elements.labels.value = text;
          this.#form.dispatchEvent(new Event("change", { bubbles: true }));
        }, () => this.#refuse("labels", `${file.name} cannot be read.`)));
    } else if (file.size > this.#most) {
      await this.#refuse("file", `${file.name} is larger than ${this.#most / (1 << 20)} MB.`);
    } else {
      this.#file = file;
      const name = this.#form.elements.name;
      name.value ||= file.name.replace(/\.onnx$/i, "").normalize("NFC").replace(/[^\p{L}\p{M}\p{N} ._-]+/gu, "-").replace(/^[^\p{L}\p{N}]+|[ ]+$/gu, "").slice(0, name.maxLength);
      await this.#owner.invokeMethodAsync("Picked", file.name, file.size);
    }
  }

  #end(request) {
    const answer = request.response;
    if (request.status === 201) {
      return this.#owner.invokeMethodAsync("Added", answer.name, answer.version);
    }
    return this.#refuse(Object.keys(answer?.errors ?? {})[0] ?? "", answer?.detail ?? (request.status === 0
      ? "The connection broke off. Try again: nothing is added twice."
      : `The server answered ${request.status}. Nothing was added.`));
  }

  #refuse(field, fault) {
    return this.#owner.invokeMethodAsync("Refused", field, fault);
  }
}
