import { hostname, networkInterfaces, type NetworkInterfaceInfo } from "node:os";
import type { Settings } from "./settings";

/**
 * The identity of a process. `namespace` and `node` are null outside of a pod; `startedAt` is ISO 8601 in UTC.
 */
export interface Identity {
  readonly name: string;
  readonly ip: string;
  readonly namespace: string | null;
  readonly node: string | null;
  readonly track: string;
  readonly version: string;
  readonly startedAt: string;
}

/** The identity of this process: its pod, from the Downward API, or else the machine that it runs on. */
export function identify(settings: Settings, interfaces = networkInterfaces()): Identity {
  return {
    name: settings.MY_POD_NAME ?? hostname(),
    ip: settings.MY_POD_IP ?? firstAddress(interfaces),
    namespace: settings.MY_POD_NAMESPACE ?? null,
    node: settings.MY_NODE_NAME ?? null,
    track: settings.RELEASE_TRACK,
    version: settings.RELEASE_VERSION,
    startedAt: new Date().toISOString(),
  };
}

/** The first address that other machines can reach, IPv4 before IPv6; loopback if there is no other. */
function firstAddress(interfaces: ReturnType<typeof networkInterfaces>): string {
  const outside = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter((candidate) => !candidate.internal && !isLinkLocal(candidate));
  const first = outside.find(({ family }) => family === "IPv4") ?? outside[0];
  return first?.address ?? "127.0.0.1";
}

/** fe80::/10 and 169.254.0.0/16 mean nothing beyond their own link (RFC 4291 2.5.6, RFC 3927). */
function isLinkLocal({ address }: NetworkInterfaceInfo): boolean {
  return /^(fe[89ab]|169\.254\.)/i.test(address);
}
