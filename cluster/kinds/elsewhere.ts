import type { V1Node } from "@kubernetes/client-node";
import { UserError } from "../../common/problem";
import type { Connection } from "../connection";
import type { ImagesAndUrls } from "./kind";
import { FORWARD } from "./url";

/** Any other cluster. Its nodes pull images from a registry. */
export function elsewhere({ context }: Connection, nodes: readonly V1Node[]): ImagesAndUrls {
  return {
    images: () => {
      throw outOfReach(context);
    },
    urlOf: (nodePort) => {
      const [external, internal] = [addressOf(nodes, "ExternalIP"), addressOf(nodes, "InternalIP")];
      const url = `http://${external ?? internal ?? "NODE"}:${nodePort}`;
      if (external !== undefined) return { url };
      return { url, warning: `${url} is reached from the cluster's own network. From elsewhere: ${FORWARD}` };
    },
  };
}

function addressOf(nodes: readonly V1Node[], wanted: string): string | undefined {
  const addresses = nodes.flatMap(({ status }) => status?.addresses ?? []);
  return addresses.find(({ type }) => type === wanted)?.address;
}

function outOfReach(context: string): UserError {
  return new UserError({
    what: `The nodes of the cluster ${context} can't get images that are built here: they are neither minikube's nor containers of this machine's Docker daemon.`,
    where: "stack config, key context",
    allowed: "a cluster of minikube's or kind's on this machine; any other with a registry",
    todo: "npx pulumi config set registry HOST/PATH, a registry that this machine and the nodes reach",
  });
}
