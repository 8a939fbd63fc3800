// Files, between the page and the person's disk.

// Saves what is at an address under a name.
export function save(name, href) {
  const link = Object.assign(document.createElement("a"), { href, download: name });
  document.body.append(link);
  link.click();
  link.remove();
}
