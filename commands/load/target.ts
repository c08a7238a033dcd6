import { BlockList, isIPv6 } from "node:net";
import { UserError } from "../../common/problem";
import type { Deployed } from "../deployed";
import { DEFAULTS } from "./generator";
import type { Options } from "./options";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

/** How long a path may take to answer before the load, in milliseconds. */
const ANSWER_MS = 2_000;

/** What is put under load. */
export interface Target {
  readonly url: string;
  readonly path: string;
}

/**
 * Finds the target: the stack's URL, or `--url`. Without `--path`, it is a path that the stack's service answers: `/pod`,
 * which says who answered, or else those of its probes, or `/`.
 *
 * @throws UserError if `--url` may not be put under load
 */
export async function targetOf(options: Options): Promise<Target> {
  const { url, path, stack } = options;
  if (url !== undefined) {
    await checkUrl(url, options);
    return { url, path: path ?? DEFAULTS.path };
  }
  const deployed = await deployedAs(stack);
  if (deployed.urlWarning !== undefined) throw outOfReach(deployed);
  if (path !== undefined) return { url: deployed.url, path };
  const { ready, health } = deployed.config;
  const probed = [ready, health].flatMap((probe) => ("http" in probe ? [probe.http] : []));
  const answering = await firstAnswering(deployed.url, [DEFAULTS.path, ...probed, "/"]);
  return { url: deployed.url, path: answering ?? probed[0] ?? "/" };
}

function outOfReach({ urlWarning = "", config }: Deployed): UserError {
  const url = `http://127.0.0.1:${config.port}`;
  return new UserError({
    what: `The stack's URL isn't put under load. ${urlWarning}`,
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
      // The load reports what is wrong with the service.
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
    what: `${url} is not on this machine, nor in the cluster of the stack ${stack}`,
    where: "--url",
    allowed: [...new Set(["localhost", ...own])].join(", "),
    todo: "add --allow-remote, if its owner has agreed",
  });
}

/** Whether a URL stays on this machine, whatever is resolved elsewhere. */
export function isLoopback(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, "");
  return host === "localhost" || loopback.check(host, isIPv6(host) ? "ipv6" : "ipv4");
}

/** The addresses of the stack's url and of its cluster's node, as far as there are any. */
async function ownHosts(stack: string): Promise<string[]> {
  const urls: string[] = [];
  try {
    const deployed = await deployedAs(stack);
    urls.push(deployed.url);
    const { contextOf } = await import("../deployed/cluster.js");
    urls.push((await contextOf(deployed)).client.getCurrentCluster()?.server ?? deployed.url);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  return [...new Set(urls.map((url) => new URL(url).hostname))];
}

/** Loaded only if needed: Pulumi's and Kubernetes' clients take long to load. */
async function deployedAs(stack: string): Promise<Deployed> {
  const { readDeployed } = await import("../deployed/index.js");
  return readDeployed(stack);
}
