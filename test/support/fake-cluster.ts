import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ApiServer } from "../../cluster/connection/api-server";
import { findContext } from "../../cluster/connection/kubeconfig";
import { folderWith } from "./folder";

/** An object; the bytes of a text; a number for a status alone; or `never` for no answer. */
type Answer = object | number | "never";

type Ask = (query: URLSearchParams) => Answer;

/** The fake API server's answers by path. A function gets the query. */
export type Answers = Readonly<Record<string, Answer | Ask>>;

/**
 * Starts a server that answers requests as a cluster's API server does; any other path with 404.
 *
 * @param asked gets the path of every request
 */
export async function fakeApiServer(answers: Answers, asked: string[] = []): Promise<string> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
    asked.push(pathname);
    const found = answers[pathname] ?? 404;
    const answer = typeof found === "function" ? (found as Ask)(searchParams) : found;
    if (answer === "never") return;
    if (Buffer.isBuffer(answer)) {
      response.writeHead(200, { "content-type": "text/plain" }).end(answer);
      return;
    }
    const [status, body] =
      typeof answer === "number" ? [answer, { kind: "Status", code: answer }] : [200, answer];
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  server.unref().on("connection", (socket) => socket.unref()); // they end with the tests
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Starts such a server. @returns a client of it */
export async function fakeApi(answers: Answers, asked: string[] = []): Promise<ApiServer> {
  const { client } = await findContext([kubeconfigFor("m", await fakeApiServer(answers, asked))], "m");
  return ApiServer.connect(client);
}

/** Writes a client configuration with one cluster, user and context of the given name. */
export function kubeconfigFor(name: string, server: string): string {
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "someone-elses",
    clusters: [{ name, cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name, user: {} }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
  return `${folderWith({ config: JSON.stringify(config) })}/config`; // JSON is YAML too
}

/** A profile's file as minikube writes it, with the fields that are used. */
export function profileFile(
  changes: { driver?: string; runtime?: string; ips?: readonly string[] } = {},
): string {
  const { driver = "none", runtime = "docker", ips = ["192.168.49.2"] } = changes;
  return JSON.stringify({
    Name: "m",
    Driver: driver,
    KubernetesConfig: { KubernetesVersion: "v1.34.3", ContainerRuntime: runtime },
    Nodes: ips.map((IP) => ({ Name: "", IP, Port: 8443 })),
  });
}
