import type { WriteStream } from "node:tty";
import { styleText } from "node:util";

/** Formats text, for example in a colour. */
export type Paint = (format: Parameters<typeof styleText>[0], text: string) => string;

/** Whether to write in colours: to a terminal, unless the environment says otherwise (https://no-color.org). */
export function isColoured(stream: WriteStream): boolean {
  return stream.isTTY && stream.hasColors() && !process.env.NO_COLOR;
}

/** Formats text if `coloured`, and returns it unchanged otherwise. */
export function painter(coloured: boolean): Paint {
  return (format, text) => (coloured ? styleText(format, text, { validateStream: false }) : text);
}
