// Takes a folder, a zip or many files, dropped anywhere on the page or chosen, and sends them over HTTP: never over the circuit.
import { send } from "../../js/files.js";

const ignored = /(^|\/)(\.|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/i;

export const create = (section, owner) => section && new Import(section, owner);

class Import {
  #section;
  #owner;
  #files = [];
  #request;
  #gone = new AbortController();

  constructor(section, owner) {
    this.#section = section;
    this.#owner = owner;
    const on = (target, type, handler) => target.addEventListener(type, handler, { signal: this.#gone.signal });
    for (const chooser of section.querySelectorAll("input[type=file]")) {
      on(chooser, "change", () => {
        const files = [...chooser.files].map(file => ({ file, path: file.webkitRelativePath || file.name }));
        chooser.value = "";
        this.#pick(files);
      });
    }
    on(document, "dragover", event => {
      if (event.dataTransfer.types.includes("Files")) {
        event.preventDefault();
        section.classList.toggle("over", !this.#request);
      }
    });
    on(document, "dragleave", event => event.relatedTarget || section.classList.remove("over"));
    on(document, "drop", async event => {
      event.preventDefault();
      section.classList.remove("over");
      if (!this.#request) {
        // What is asked for after the first wait is gone.
        const dropped = [...event.dataTransfer.items].filter(item => item.kind === "file").map(item => item.webkitGetAsEntry?.() ?? item.getAsFile());
        this.#pick(await gather(dropped));
      }
    });
    section.dataset.ready = "";
  }

  choose(what) {
    this.#section.querySelector(`input.${what}`).click();
  }

  send(name) {
    const form = new FormData();
    form.append("name", name);
    for (const { file, path } of this.#files) {
      form.append("file", file, path);
    }
    const request = this.#request = send("api/datasets", form, {}, this.#section, () => this.#owner.invokeMethodAsync("Sent"), () => {
      if (this.#request === request) {
        this.#request = undefined;
        this.#files = [];
        this.#end(request);
      }
    });
  }

  cancel() {
    const request = this.#request;
    this.#request = undefined;
    this.#files = [];
    request?.abort();
  }

  dispose() {
    this.#gone.abort();
    this.cancel();
  }

  #end(request) {
    const answer = request.response;
    if (request.status === 200 || request.status === 201) {
      return this.#owner.invokeMethodAsync("Imported", answer.name, answer.version);
    }
    return this.#owner.invokeMethodAsync("Failed", answer?.detail ?? (request.status === 0
      ? "The connection broke off. Nothing was imported; try again."
      : `The server answered ${request.status}. Nothing was imported.`));
  }

  #pick(files) {
    files = files.filter(({ path }) => !ignored.test(path));
    if (files.length === 0) {
      this.#owner.invokeMethodAsync("Failed", "There is no file in what was dropped.");
      return;
    }
    this.#files = files;
    const top = files[0].path.split("/")[0];
    const single = files.length === 1 || files.every(({ path }) => path.startsWith(`${top}/`));
    const source = single ? top : `${files.length} files`;
    const name = (single ? top.replace(/\.zip$/i, "") : "pictures").normalize("NFC").replace(/[^\p{L}\p{M}\p{N} ._-]+/gu, "-").replace(/^[^\p{L}\p{N}]+|[ ]+$/gu, "").slice(0, 80);
    this.#owner.invokeMethodAsync("Picked", source, name || "pictures", files.length, files.reduce((sum, { file }) => sum + file.size, 0));
  }
}

async function gather(dropped) {
  const files = [];
  const read = async (entry, path) => {
    if (entry.isFile) {
      files.push({ file: await new Promise((done, failed) => entry.file(done, failed)), path });
    } else {
      const reader = entry.createReader();
      // A browser gives a hundred entries at a time.
      for (let some; (some = await new Promise((done, failed) => reader.readEntries(done, failed))).length > 0;) {
        for (const inner of some) {
          await read(inner, `${path}/${inner.name}`);
        }
      }
    }
  };
  for (const entry of dropped.filter(entry => entry)) {
    await (entry instanceof File ? files.push({ file: entry, path: entry.name }) : read(entry, entry.name));
  }
  return files;
}
