import type { WriteStream } from "node:tty";

/** Whether to write in colours: to a terminal, unless the environment says otherwise (https://no-color.org). */
export function isColoured(stream: WriteStream): boolean {
  return stream.isTTY && stream.hasColors() && !process.env.NO_COLOR;
}
