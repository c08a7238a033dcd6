import { BlockList, isIPv6 } from "node:net";
import { UserError } from "../../common/problem";
import type { Deployed } from "../deployed";
import { DEFAULTS, type LoadOptions } from "./generator";
import type { Options } from "./options";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

/** How long a path may take to answer when the target is chosen, in milliseconds. */
const ANSWER_MS = 2_000;

/**
 * Finds the target: `--url`, or the stack's URL. Without `--path`, the path is the first that the stack's service answers:
 * `/pod`, which names the pod, a path of its probes, or `/`.
 *
 * @throws UserError if the target is refused
 */
export async function targetOf(options: Options): Promise<Required<Pick<LoadOptions, "url" | "path">>> {
  const { url, path, stack } = options;
  if (url !== undefined) {
    await checkUrl(url, options);
    return { url, path: path ?? DEFAULTS.path };
  }
  const deployed = await loadDeployed(stack);
  if (deployed.urlWarning !== undefined) throw unreachable(deployed);
  if (path !== undefined) return { url: deployed.url, path };
  const { ready, health } = deployed.config;
  const probed = [ready, health].flatMap((probe) => ("http" in probe ? [probe.http] : []));
  const answering = await firstAnswering(deployed.url, [DEFAULTS.path, ...probed, "/"]);
  return { url: deployed.url, path: answering ?? probed[0] ?? "/" };
}

function unreachable({ urlWarning = "", config }: Deployed): UserError {
  const url = `http://127.0.0.1:${config.port}`;
  return new UserError({
    what: `The stack's URL can't be put under load. ${urlWarning}`,
    todo: `npm run forward, and in another terminal: npm run load -- --url ${url}`,
  });
}

/** The first path that answers with 2xx. */
export async function firstAnswering(url: string, paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    try {
      const response = await fetch(new URL(path, url), {
        redirect: "manual",
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      await response.body?.cancel();
      if (response.ok) return path;
    } catch {
      // The load's own report will say what is wrong.
    }
  }
  return undefined;
}

/** @throws UserError if the URL is neither on this machine nor in the stack's cluster */
async function checkUrl(url: string, { stack, allowRemote }: Options): Promise<void> {
  if (allowRemote || isLoopback(url)) return;
  const own = await ownHosts(stack);
  if (own.includes(new URL(url).hostname)) return;
  throw new UserError({
    what: `${url} is neither on this machine nor in the cluster of the stack ${stack}`,
    where: "--url",
    allowed: [...new Set(["localhost", ...own])].join(", "),
    todo: "add --allow-remote, if its owner has agreed",
  });
}

/** Whether a URL leads to this machine, without asking DNS. */
export function isLoopback(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, "");
  return host === "localhost" || loopback.check(host, isIPv6(host) ? "ipv6" : "ipv4");
}

/** The hosts of the stack's URL and of its cluster's API server. Empty if the stack isn't deployed. */
async function ownHosts(stack: string): Promise<string[]> {
  const urls: string[] = [];
  try {
    const deployed = await loadDeployed(stack);
    urls.push(deployed.url);
    const { contextOf } = await import("../deployed/cluster.js");
    urls.push((await contextOf(deployed)).client.getCurrentCluster()?.server ?? deployed.url);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  return [...new Set(urls.map((url) => new URL(url).hostname))];
}

/** Loads the code on demand: Pulumi's and Kubernetes' clients take long to load. */
async function loadDeployed(stack: string): Promise<Deployed> {
  const { readDeployed } = await import("../deployed/index.js");
  return readDeployed(stack);
}
