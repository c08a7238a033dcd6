/** Characters of a value that are shown: enough to know it again. */
const MOST = 80;

/** What a terminal obeys or breaks a line at, and what is nothing by itself. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A text as it can be shown in a message: on one line, with nothing in it that a terminal would obey, and not too long. */
export function shown(text: string): string {
  const start = text.length > MOST ? `${text.slice(0, MOST)}… (${text.length} characters)` : text;
  return start.replace(unprintable, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The same for a value out of JSON. */
export function shownValue(value: unknown): string {
  return shown(JSON.stringify(value) ?? "undefined");
}
