// Strokes on a canvas. It tells when a stroke begins, when anything was drawn, and when the pen goes up.
const side = 280; // Pixels of the drawing's picture.
const pen = 0.075; // Width of a stroke, of the canvas's side: what a felt pen leaves on MNIST's digits.

export class Drawing extends EventTarget {
  #canvas;
  #strokes = [];

  constructor(canvas, gone) {
    super();
    this.#canvas = canvas;
    const on = (type, handler) => canvas.addEventListener(type, handler, { signal: gone });
    on("pointerdown", event => this.#down(event));
    on("pointermove", event => this.#move(event));
    on("pointerup", () => this.#tell("end"));
    on("pointercancel", () => this.#tell("end"));
  }

  get begun() {
    return this.#strokes.length > 0;
  }

  undo() {
    this.#strokes.pop();
    this.show();
  }

  clear() {
    this.#strokes = [];
    this.show();
  }

  // In the canvas's size and the theme's colour as they are now.
  show() {
    const width = Math.round(this.#canvas.clientWidth * devicePixelRatio);
    if (this.#canvas.width !== width) {
      this.#canvas.width = this.#canvas.height = width;
    }
    const context = this.#canvas.getContext("2d");
    context.clearRect(0, 0, width, width);
    this.#ink(context, width, getComputedStyle(this.#canvas).getPropertyValue("--ink").trim());
    this.#tell("drawn");
  }

  // White on black, whatever the theme.
  async picture() {
    const canvas = new OffscreenCanvas(side, side);
    const context = canvas.getContext("2d");
    context.fillStyle = "#000";
    context.fillRect(0, 0, side, side);
    this.#ink(context, side, "#fff");
    return await canvas.convertToBlob({ type: "image/png" });
  }

  #tell(type) {
    this.dispatchEvent(new Event(type));
  }

  #down(event) {
    if (event.button !== 0) {
      return;
    }
    event.preventDefault();
    this.#canvas.setPointerCapture(event.pointerId);
    this.#tell("begin");
    this.#strokes.push([this.#at(event)]);
    this.show();
  }

  #move(event) {
    if (!this.#canvas.hasPointerCapture(event.pointerId) || !this.#strokes.length) {
      return;
    }
    // A frame may hold several samples of a quick hand.
    const samples = event.getCoalescedEvents?.() ?? [];
    this.#strokes.at(-1).push(...(samples.length ? samples : [event]).map(sample => this.#at(sample)));
    this.show();
  }

  #at(event) {
    const box = this.#canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  // Curves through the middles between samples: no corners, whatever the speed.
  #ink(context, width, color) {
    Object.assign(context, { strokeStyle: color, fillStyle: color, lineWidth: pen * width, lineCap: "round", lineJoin: "round" });
    for (const points of this.#strokes.map(stroke => stroke.map(([x, y]) => [x * width, y * width]))) {
      context.beginPath();
      context.moveTo(...points[0]);
      for (let i = 1; i < points.length - 1; i++) {
        const [x, y] = points[i];
        context.quadraticCurveTo(x, y, (x + points[i + 1][0]) / 2, (y + points[i + 1][1]) / 2);
      }
      context.lineTo(...points.at(-1));
      context.stroke();
    }
  }
}
