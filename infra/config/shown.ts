import { printable } from "../../common/printable";

/** Characters of a value that are shown: enough to know it again. */
const MOST = 80;

/** A text as it can be shown in a message: on one line, with nothing in it that a terminal would obey, and not too long. */
export function shown(text: string): string {
  const start = text.length > MOST ? `${text.slice(0, MOST)}… (${text.length} characters)` : text;
  return printable(start);
}

/** The same for a value out of JSON. */
export function shownValue(value: unknown): string {
  return shown(JSON.stringify(value) ?? "undefined");
}

/** A path of config as `npx pulumi config set --path` takes it in a shell: `'labels["a.b"]'`. */
export function shownPath(...path: readonly string[]): string {
  const [top = "", ...below] = path.map((name) =>
    /^[\w-]+$/.test(name) ? `.${name}` : `[${shownValue(name)}]`,
  );
  return shellWord([top.replace(/^\./, ""), ...below].join(""));
}

/** A text as a shell takes it for one word. */
export function shellWord(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${shown(text).replaceAll("'", "'\\''")}'`;
}
