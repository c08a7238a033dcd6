import { BlockList, isIPv6 } from "node:net";
import { UserError } from "../../common/problem";
import type { Deployed } from "../deployed";
import type { Options } from "./options";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

/**
 * Finds the target: the stack's url, or one that was given and is ours to put under load.
 *
 * @throws UserError for any other
 */
export async function targetOf({ url, stack, allowRemote }: Options): Promise<string> {
  if (url === undefined) return (await deployedAs(stack)).url;
  if (allowRemote || isLoopback(url)) return url;
  const own = await ownHosts(stack);
  if (own.includes(new URL(url).hostname)) return url;
  throw new UserError({
    what: `${url} is not on this machine, nor in the cluster of the stack ${stack}`,
    where: "--url",
    allowed: [...new Set(["localhost", ...own])].join(", "),
    todo: "add --allow-remote, if whoever owns it has agreed",
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
    const { contextOf } = await import("../deployed/context.js");
    urls.push((await contextOf(deployed)).client.getCurrentCluster()?.server ?? deployed.url);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  return [...new Set(urls.map((url) => new URL(url).hostname))];
}

/** Loaded only where it is needed: Pulumi's and Kubernetes' clients take a second each to load. */
async function deployedAs(stack: string): Promise<Deployed> {
  const { readDeployed } = await import("../deployed/index.js");
  return readDeployed(stack);
}
