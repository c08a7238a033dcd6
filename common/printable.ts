import { stripVTControlCharacters } from "node:util";

/**
 * Control characters, line separators, characters that reverse text, and halves of characters. The two joiners are
 * printable: Persian words and many emoji contain them.
 */
const UNPRINTABLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Makes text safe for a terminal, as one line: removes colours, and writes control characters as `\u001b`. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(UNPRINTABLE, escapeCharacter);
}

/** Makes several lines of text safe for a terminal, such as a stack trace. Tabs become spaces. */
export function printableLines(text: string): string {
  return text.replaceAll("\t", "    ").split(/\r?\n/).map(printable).join("\n");
}

/** Writes a value as JSON that is safe for a terminal and parses to the same value. @param indent spaces per level */
export function printableJson(value: unknown, indent = 0): string {
  const perLine = JSON.stringify(value, null, indent).split("\n");
  return perLine.map((line) => line.replace(UNPRINTABLE, escapeUnits)).join("\n");
}

/** JSON has no `\u{…}`: a character beyond the first 65,536 needs two escapes. */
function escapeUnits(char: string): string {
  return char.split("").map(escapeCharacter).join("");
}

function escapeCharacter(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
}
