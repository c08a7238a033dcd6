import { once } from "node:events";
import { rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";

/**
 * Holds a lock for as long as this process lives, however it ends: a socket that nobody listens on any more is
 * taken over.
 *
 * @throws Error if another process holds it
 */
export async function hold(file: string): Promise<Server> {
  if (await isHeld(file)) throw new Error(`another run of the e2e tests is at work (it listens on ${file})`);
  await rm(file, { force: true });
  const server = createServer((socket) => socket.destroy());
  server.listen(file).unref();
  await once(server, "listening");
  return server;
}

function isHeld(file: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(file, () => resolve(true)).once("error", () => resolve(false));
    socket.once("close", () => socket.destroy());
  });
}
