// A sheet to draw on that also takes pictures: dropped anywhere on the page, pasted anywhere, or chosen.
import { Camera } from "../../js/camera.js";
import { Drawing } from "../../js/drawing.js";
import { save } from "../../js/files.js";

const pause = 350; // Milliseconds after the pen went up: there may be a second stroke.
const atOnce = 2; // Of several files: one is on its way while another is predicted.
const tiny = 100; // Of fewer pixels in a row a picture is shown pixel by pixel.
const small = 96; // The longer side of a thumbnail, in pixels.

export const create = (sheet, owner) => sheet && new Pad(sheet, owner);

class Pad {
  #sheet;
  #owner;
  #drawing;
  #picture;
  #chooser;
  #files = [];
  #thumbnails = [];
  #batch = 0;
  #timer = 0;
  #camera;
  #gone = new AbortController();
  #resized = new ResizeObserver(() => this.#drawing.show());

  constructor(sheet, owner) {
    this.#sheet = sheet;
    this.#owner = owner;
    this.#picture = sheet.querySelector("img");
    this.#chooser = sheet.parentElement.querySelector("input[type=file]");
    const on = (target, type, handler) => target.addEventListener(type, handler, { signal: this.#gone.signal });
    this.#drawing = new Drawing(sheet.querySelector("canvas"), this.#gone.signal);
    on(this.#drawing, "begin", () => {
      clearTimeout(this.#timer);
      if (!this.#picture.hidden) {
        this.clear();
      }
    });
    on(this.#drawing, "drawn", () => this.#mark());
    on(this.#drawing, "end", () => this.#predictSoon());
    this.#camera = new Camera(sheet, sheet.parentElement.querySelector(".film"), this.#gone.signal);
    on(this.#picture, "load", () => this.#picture.classList.toggle("tiny", this.#picture.naturalWidth < tiny));
    on(this.#picture, "error", () => {
      this.#hidePicture();
      this.#mark();
    });
    on(this.#chooser, "change", () => {
      const files = [...this.#chooser.files];
      this.#chooser.value = "";
      this.#take(files);
    });
    on(document, "dragover", event => {
      event.preventDefault();
      sheet.classList.add("over");
    });
    on(document, "dragleave", event => event.relatedTarget || sheet.classList.remove("over"));
    on(document, "drop", event => {
      event.preventDefault();
      sheet.classList.remove("over");
      this.#take([...event.dataTransfer.files], "What was dropped is not a file. Save the picture first, then drop it.");
    });
    on(document, "paste", event => {
      if (!event.target.closest?.("input, textarea")) {
        this.#take([...event.clipboardData.files], "There is no picture on the clipboard.");
      }
    });
    on(window, "workbench:theme", () => this.#drawing.show());
    this.#resized.observe(sheet);
    sheet.dataset.ready = "";
  }

  choose() {
    this.#chooser.click();
  }

  undo() {
    if (this.#picture.hidden) {
      this.#drawing.undo();
    }
    this.#hidePicture();
    this.#mark();
    this.#predictSoon();
  }

  async film() {
    const fault = await this.#camera.open();
    if (fault) {
      await this.#owner.invokeMethodAsync("RefuseAsync", fault);
    }
  }

  async shoot() {
    const still = await this.#camera.shoot();
    // Not waited for: the server waits for this.
    this.#take(still ? [still] : []);
  }

  closeCamera() {
    this.#camera.close();
  }

  // A picture that the server has.
  async show(content) {
    this.clear();
    this.#showPicture(new Blob([await content.arrayBuffer()]));
  }

  clear() {
    this.#camera.close();
    this.#hidePicture();
    this.#forget();
    clearTimeout(this.#timer);
    this.#drawing.clear();
  }

  // Predicts the same files again, by another model. Returns at once.
  again() {
    this.#askAll();
  }

  async save(name, content) {
    const href = URL.createObjectURL(new Blob([await content.arrayBuffer()], { type: "text/csv" }));
    save(name, href);
    URL.revokeObjectURL(href);
  }

  dispose() {
    clearTimeout(this.#timer);
    this.#gone.abort();
    this.#resized.disconnect();
    this.#hidePicture();
    this.#forget();
  }

  #mark() {
    this.#sheet.classList.toggle("used", this.#drawing.begun || !this.#picture.hidden);
  }

  #predictSoon() {
    clearTimeout(this.#timer);
    if (this.#drawing.begun) {
      this.#timer = setTimeout(async () => this.#give(await this.#drawing.picture()), pause);
    }
  }

  async #take(files, otherwise) {
    if (files.length === 0) {
      if (otherwise) {
        await this.#owner.invokeMethodAsync("RefuseAsync", otherwise);
      }
      return;
    }
    clearTimeout(this.#timer);
    this.#camera.close();
    this.#forget();
    // What was drawn stays beneath: it comes back when the file is no picture.
    this.#hidePicture();
    if (files.length > 1) {
      this.#files = files;
      await this.#askAll();
      return;
    }
    this.#showPicture(files[0]);
    await this.#give(files[0]);
  }

  #showPicture(file) {
    this.#picture.src = URL.createObjectURL(file);
    this.#picture.hidden = false;
    this.#mark();
  }

  // The files stay where they are until their turn comes.
  async #askAll() {
    const batch = this.#batch = await this.#owner.invokeMethodAsync("BeginAsync", this.#files.length);
    const files = this.#files.entries();
    const work = async () => {
      for (const [index, file] of files) {
        if (this.#batch !== batch || !await this.#ask(batch, index, file)) {
          return;
        }
      }
    };
    if (batch !== 0) {
      await Promise.all(Array.from({ length: atOnce }, work));
    }
  }

  async #ask(batch, index, file) {
    const thumbnail = this.#thumbnails[index] ??= await shrink(file);
    if (this.#batch !== batch) {
      return false;
    }
    const fault = file.size === 0 ? "The file is empty." : await file.slice(0, 1).arrayBuffer().then(() => null, () => "The file cannot be read.");
    try {
      return await this.#owner.invokeMethodAsync("TakeOneAsync", batch, index, file.name, thumbnail, fault, fault ? null : DotNet.createJSStreamReference(file));
    } catch (error) {
      if (this.#gone.signal.aborted) {
        return false;
      }
      throw error;
    }
  }

  #forget() {
    this.#batch = 0;
    this.#files = [];
    this.#thumbnails.filter(address => address).forEach(address => URL.revokeObjectURL(address));
    this.#thumbnails = [];
  }

  async #give(blob) {
    if (blob.size === 0) {
      // An empty stream can't be sent.
      await this.#owner.invokeMethodAsync("RefuseAsync", "The file is empty.");
      return;
    }
    await this.#owner.invokeMethodAsync("TakeAsync", DotNet.createJSStreamReference(blob));
  }

  #hidePicture() {
    if (!this.#picture.hidden) {
      URL.revokeObjectURL(this.#picture.src);
      this.#picture.hidden = true;
      this.#picture.removeAttribute("src");
    }
  }
}

// An address of the picture in small; empty for what the browser cannot show.
async function shrink(file) {
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, small / Math.max(picture.width, picture.height));
    const canvas = new OffscreenCanvas(Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale)));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return URL.createObjectURL(await canvas.convertToBlob({ type: "image/png" }));
  } catch {
    return "";
  }
}
