import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { KubeConfig, V1Pod } from "@kubernetes/client-node";
import { kubernetesClient } from "../../cluster/connection/kubernetes-client";

/** A fake API server with pods and their logs. It notes the methods of requests. */
export class PodServer {
  readonly #pods = new Map<string, FakePod>();
  readonly #server = createServer((req, res) => this.#answer(req, res));
  /** The methods of all requests that came. */
  readonly methods = new Set<string>();

  async start(): Promise<KubeConfig> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const { KubeConfig } = await kubernetesClient();
    const config = new KubeConfig();
    const { port } = this.#server.address() as AddressInfo;
    config.loadFromClusterAndUser(
      { name: "fake", server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
      { name: "nobody" },
    );
    return config;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  add(name: string): FakePod {
    const pod = new FakePod(name);
    this.#pods.set(name, pod);
    return pod;
  }

  /** Deletes a pod: its log ends. */
  delete(name: string): void {
    this.#pods.get(name)?.cut();
    this.#pods.delete(name);
  }

  #answer(req: IncomingMessage, res: ServerResponse): void {
    this.methods.add(req.method ?? "");
    const { pathname, searchParams } = new URL(req.url ?? "", "http://fake");
    const pod = /\/pods\/([^/]+)\/log$/.exec(pathname)?.[1];
    if (pod !== undefined) this.#pods.get(pod)?.send(res, searchParams);
    else {
      const items = [...this.#pods.values()].map((each) => each.object);
      res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ items }));
    }
  }
}

/** A fake pod with a log that can be followed. */
export class FakePod {
  restarts = 0;
  #lines: Written[] = [];
  readonly #followers = new Set<ServerResponse>();

  constructor(readonly name: string) {}

  get object(): V1Pod {
    const container = {
      name: "api-container",
      containerID: `docker://${this.name}-${this.restarts}`,
      state: { running: {} },
      ...{ image: "", imageID: "", ready: true, restartCount: this.restarts },
    };
    return { metadata: { name: this.name }, status: { containerStatuses: [container] } };
  }

  /** Writes a line, at a time in milliseconds since 1970. */
  write(text: string, at: number, end = "\n"): void {
    this.#lines.push({ at, text, end });
    for (const res of this.#followers) res.write(format({ at, text, end }));
  }

  /** Sends a message of the kubelet itself, as it does if a container's log disappears. */
  interrupt(text: string): void {
    for (const res of this.#followers) res.write(`${text}\n`);
  }

  /** Closes the followers' connections, cleanly or not. */
  cut(broken = false): void {
    for (const res of this.#followers)
      if (broken) res.destroy();
      else res.end();
    this.#followers.clear();
  }

  /** Restarts its container, which gets a new log. */
  restart(): void {
    this.restarts++;
    this.#lines = [];
    this.cut();
  }

  send(res: ServerResponse, wanted: URLSearchParams): void {
    // In whole seconds, as the kubelet does it.
    const since = Math.floor(Date.parse(wanted.get("sinceTime") ?? "1970-01-01T00:00:00Z") / 1000) * 1000;
    const lines = this.#lines.filter(({ at }) => at >= since).slice(-Number(wanted.get("tailLines") ?? 0));
    res.writeHead(200).write(lines.map(format).join(""));
    if (wanted.get("follow") === "true") this.#followers.add(res);
    else res.end();
  }
}

interface Written {
  readonly at: number;
  readonly text: string;
  readonly end: string;
}

function format({ at, text, end }: Written): string {
  return `${new Date(at).toISOString().replace(/0*Z$/, "Z")} ${text}${end}`;
}
