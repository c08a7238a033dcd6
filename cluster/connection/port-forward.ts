import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { Duplex, PassThrough, pipeline } from "node:stream";
import type { KubeConfig } from "@kubernetes/client-node";
import { UserError } from "../../common/problem";
import { kubernetesClient } from "./kubernetes-client";

/** A port of a pod's loopback. */
export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** Returns the pods that a connection may go to. The first one that can be reached is taken. */
type FindPods = () => readonly PodPort[] | Promise<readonly PodPort[]>;

/** A port of this machine's loopback. */
interface LocalPort {
  /** 0 for any free port. */
  readonly port: number;
  /** What to type for another port. */
  readonly another: string;
}

/** The part of a WebSocket that is used here. Its package has no types here. */
interface WebSocket {
  onclose: () => void;
  close(): void;
}

/**
 * Listens on a port of this machine's loopback, and forwards each connection to a pod.
 *
 * @param pods is called for each connection
 * @throws {UserError} if the port is taken
 */
export async function forwardPort(
  { port, another }: LocalPort,
  client: KubeConfig,
  pods: FindPods,
): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {}); // a client may leave before a pod is found
    void firstReached(client, pods).then((pod) => {
      if (pod === undefined) socket.destroy();
      else pipeline(socket, pod, socket, () => {}); // if one of them breaks, both are closed
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening").catch(({ message }: Error) => {
    throw new UserError({ what: `The port ${port} of 127.0.0.1 can't be opened: ${message}`, todo: another });
  });
  return server;
}

async function firstReached(client: KubeConfig, pods: FindPods): Promise<Duplex | undefined> {
  for (const pod of await pods()) {
    const connection = await connectTo(client, pod).catch(() => undefined);
    if (connection !== undefined) return connection;
  }
  return undefined;
}

/** Connects to a port of a pod's loopback through the API server, as `kubectl port-forward` does. */
export async function connectTo(client: KubeConfig, { namespace, pod, port }: PodPort): Promise<Duplex> {
  const { PortForward } = await kubernetesClient();
  const [received, sent] = [new PassThrough(), new PassThrough()];
  const refused = new PassThrough();
  const connection = Duplex.from({ readable: received, writable: sent });
  refused.on("data", (text) => connection.destroy(new Error(`port ${port} of the pod ${pod}: ${text}`)));
  const forward = new PortForward(client);
  const socket = (await forward.portForward(namespace, pod, [port], received, refused, sent)) as WebSocket;
  socket.onclose = () => received.end();
  connection.once("close", () => socket.close());
  return connection;
}
