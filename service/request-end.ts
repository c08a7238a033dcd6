import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** The callbacks of each open connection. */
const waiting = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls back when a request ends: it was answered, or its connection closed. The response's own `close` is not enough: a
 * pipelined response that waits behind others never emits it if its client leaves.
 */
export function onRequestEnd({ socket }: IncomingMessage, res: ServerResponse, callback: () => void): void {
  const callbacks = waiting.get(socket) ?? follow(socket);
  const once = () => {
    if (callbacks.delete(once)) callback();
  };
  callbacks.add(once);
  res.on("close", once);
}

function follow(socket: Socket): Set<() => void> {
  const callbacks = new Set<() => void>();
  waiting.set(socket, callbacks);
  socket.once("close", () => callbacks.forEach((call) => call()));
  return callbacks;
}
