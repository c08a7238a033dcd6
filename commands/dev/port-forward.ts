import { Duplex, PassThrough } from "node:stream";
import type { KubeConfig } from "@kubernetes/client-node";
import { kubernetesClient } from "../../cluster/connection/kubernetes-client";

/** A port of a pod's loopback. */
export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** What is used of a WebSocket: the package that it is from has no types here. */
interface WebSocket {
  onclose: () => void;
  close(): void;
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
