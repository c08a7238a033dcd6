import { printable } from "../../common/printable";

/** In characters: enough to recognise a value. */
const MOST = 80;

/** A text for a message: on one line, without control characters, and cut if it is long. */
export function shown(text: string): string {
  const start = text.length > MOST ? `${text.slice(0, MOST)}… (${text.length} characters)` : text;
  return printable(start);
}

/** The same for a JSON value. */
export function shownValue(value: unknown): string {
  return shown(JSON.stringify(value) ?? "undefined");
}

/** A path of config as `npx pulumi config set --path` takes it in a shell: `'labels["a.b"]'`, `'args[0]'`. */
export function shownPath(...path: readonly PropertyKey[]): string {
  const [top = "", ...below] = path.map((name) =>
    typeof name === "string" && /^[\w-]+$/.test(name) ? `.${name}` : `[${shownValue(name)}]`,
  );
  return shellWord([top.replace(/^\./, ""), ...below].join(""));
}

/** Quotes a text as one word for a shell. zsh would replace `=name` by the path of a program. */
export function shellWord(text: string): string {
  return /^(?!=)[\w./@%+=:,-]+$/.test(text) ? text : `'${shown(text).replaceAll("'", "'\\''")}'`;
}
