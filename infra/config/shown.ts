import { printable } from "../../common/printable";

/** In characters: enough to recognise a value. */
const MOST = 80;

/** A text as a message shows it: on one line, without control characters, and cut if it is long. */
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

/** A text as one word for a shell. zsh takes `=name` for the path of a program. */
export function shellWord(text: string): string {
  return /^(?!=)[\w./@%+=:,-]+$/.test(text) ? text : `'${shown(text).replaceAll("'", "'\\''")}'`;
}
