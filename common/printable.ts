import { stripVTControlCharacters } from "node:util";

/**
 * Control characters, line separators, characters that reverse text, and halves of characters. Not the two joiners: words of
 * Persian and many emoji are made with them.
 */
const UNPRINTABLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text from elsewhere as one line that is safe on a terminal: no colours, and every control character as `\u001b`. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(UNPRINTABLE, escapeCharacter);
}

/** The same for text of several lines, with tabs as spaces, as in a stack trace. */
export function printableLines(text: string): string {
  return text.replaceAll("\t", "    ").split(/\r?\n/).map(printable).join("\n");
}

/** A value as JSON that is safe on a terminal and reads back as the same value. @param indent spaces of each level */
export function printableJson(value: unknown, indent = 0): string {
  const perLine = JSON.stringify(value, null, indent).split("\n");
  return perLine.map((line) => line.replace(UNPRINTABLE, escapeUnits)).join("\n");
}

/** JSON knows no `\u{…}`: a character beyond the first 65,536 is two escapes. */
function escapeUnits(char: string): string {
  return char.split("").map(escapeCharacter).join("");
}

function escapeCharacter(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
}
