import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { pipeline } from "node:stream";
import type { KubeConfig } from "@kubernetes/client-node";
import { UserError } from "../../common/problem";
import { connectTo, type PodPort } from "./port-forward";

/**
 * Passes the connections of a port of this machine's loopback on to the inspector of a pod.
 *
 * @param inspector where it listens at the moment
 * @throws UserError if the port is taken
 */
export async function openInspector(
  port: number,
  client: KubeConfig,
  inspector: () => PodPort | undefined,
): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (debuggerSocket) => {
    const at = inspector();
    if (at === undefined) return debuggerSocket.destroy();
    connectTo(client, at).then(
      (pod) => pipeline(debuggerSocket, pod, debuggerSocket, () => {}), // if one of them breaks, both are closed
      () => debuggerSocket.destroy(),
    );
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening").catch((error: Error) => {
    throw new UserError({
      what: `The inspector's port can't be opened: ${error.message}`,
      todo: `npm run dev -- --inspect ${port + 1}`,
    });
  });
  return server;
}
