import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** What is yet to be called for each connection. */
const waiting = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls back once a request is over: it was answered, or its connection is gone. A response's own `close` is not enough:
 * one that waits behind others, because its client sends requests without waiting for answers, never emits it when
 * that client leaves.
 */
export function whenOver({ socket }: IncomingMessage, res: ServerResponse, callback: () => void): void {
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
