/// <reference lib="dom" />

/** The element of index.html with this id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no #${id}`);
  return found;
}

/** Makes an element with text and children. Strings become text nodes: nothing that a server sends becomes markup. */
export function make(tag: string, className = "", ...children: (string | Node)[]): HTMLElement {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** Sets a text only if it differs: setting the same text would cost layout, and a screen reader would repeat it. */
export function show(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Shows a number with a small unit, or a dash if it isn't finite. */
export function showNumber(element: Element, value: number, unit: string): void {
  if (!Number.isFinite(value)) return show(element, "–");
  const number = Number.isInteger(value) || value >= 10 ? value.toFixed(0) : value.toFixed(1);
  if (element.textContent !== `${number} ${unit}`)
    element.replaceChildren(`${number} `, make("small", "", unit));
}

/** A time span in its largest unit, such as `4 min`. */
export function span(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}
