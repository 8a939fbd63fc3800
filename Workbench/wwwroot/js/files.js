// Files: to the person's disk, and to the server over HTTP.
const shown = 100; // Milliseconds between two figures.

// Saves what is at an address under a name.
export function save(name, href) {
  const link = Object.assign(document.createElement("a"), { href, download: name });
  document.body.append(link);
  link.click();
  link.remove();
}

// Sends a form. While it is on its way its share, amount and speed are told by the <progress> and the .told within an element.
export function send(address, form, headers, element, onSent, onEnd) {
  const request = new XMLHttpRequest();
  const begun = performance.now();
  let last = 0;
  request.upload.addEventListener("progress", event => {
    const now = performance.now();
    const progress = element.querySelector("progress");
    if (progress && event.lengthComputable && now - last > shown) {
      last = now;
      progress.value = event.loaded / event.total;
      const told = element.querySelector(".told");
      if (told) {
        told.textContent = `${size(event.loaded)} of ${size(event.total)} · ${size(event.loaded / (now - begun) * 1000)}/s`;
      }
    }
  });
  request.upload.addEventListener("load", onSent);
  request.addEventListener("loadend", onEnd);
  request.open("POST", new URL(address, document.baseURI));
  for (const [name, value] of Object.entries(headers)) {
    request.setRequestHeader(name, value);
  }
  request.responseType = "json";
  request.send(form);
  return request;
}

function size(bytes) {
  const unit = bytes < 1e6 ? ["kB", 1e3] : bytes < 1e9 ? ["MB", 1e6] : ["GB", 1e9];
  return `${(bytes / unit[1]).toFixed(unit[0] === "GB" ? 2 : 1)} ${unit[0]}`;
}
