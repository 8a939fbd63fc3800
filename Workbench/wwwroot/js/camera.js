// The camera, where there is one: its button shows only then. It films into the sheet until a still is taken or it is closed.
const side = 1280; // Asked for, in pixels; a camera gives what it has.

export class Camera {
  #sheet;
  #video;
  #stream;
  #asked = 0;

  constructor(sheet, button, gone) {
    this.#sheet = sheet;
    this.#video = sheet.querySelector("video");
    const devices = navigator.mediaDevices;
    // Not over plain HTTP from another machine.
    if (!devices?.getUserMedia) {
      return;
    }
    const look = async () => {
      const all = await devices.enumerateDevices().catch(() => []);
      button.hidden = !all.some(device => device.kind === "videoinput");
    };
    devices.addEventListener("devicechange", look, { signal: gone });
    gone.addEventListener("abort", () => this.close());
    look();
  }

  // Gives a sentence when it cannot film.
  async open() {
    this.close();
    const asked = ++this.#asked;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: "environment", width: { ideal: side }, height: { ideal: side } } });
      if (asked !== this.#asked) {
        // Closed while the person was being asked.
        stream.getTracks().forEach(track => track.stop());
        return undefined;
      }
      this.#stream = stream;
      this.#video.srcObject = stream;
      this.#video.hidden = false;
      this.#sheet.classList.add("filming");
      await this.#video.play();
      return undefined;
    } catch (error) {
      if (asked !== this.#asked) {
        return undefined;
      }
      this.close();
      return error.name === "NotAllowedError"
        ? "The browser does not let this page use the camera. Allow it beside the address, then try again."
        : `The camera cannot be used: ${error.message || error.name}.`;
    }
  }

  // The picture as a file; nothing before the camera has given one.
  async shoot() {
    const { videoWidth: width, videoHeight: height } = this.#video;
    if (!this.#stream || !width) {
      return undefined;
    }
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext("2d").drawImage(this.#video, 0, 0);
    this.close();
    return new File([await canvas.convertToBlob({ type: "image/jpeg", quality: 0.92 })], "camera.jpg", { type: "image/jpeg" });
  }

  close() {
    this.#asked++;
    this.#stream?.getTracks().forEach(track => track.stop());
    this.#stream = undefined;
    this.#video.srcObject = null;
    this.#video.hidden = true;
    this.#sheet.classList.remove("filming");
  }
}
