import { relative } from "node:path";
import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { BuildContext } from "./build-context";
import type { Cluster } from "../../cluster";

/**
 * Builds an image in the node's own Docker daemon, where the kubelet finds it: nothing is ever pushed or pulled.
 * Those of the last releases stay there, so that a rollback has something to go back to.
 *
 * @returns its name, with the content as its tag, once it is built
 */
export function buildImage(
  name: string,
  context: BuildContext,
  cluster: Pick<Cluster, "kind" | "id">,
): pulumi.Output<string> {
  const { host, certPath } = cluster.kind.daemon;
  const provider = new docker.Provider(
    "node",
    { host, ...(certPath !== undefined && { certPath }) },
    // Another cluster under the same name has a daemon without any image of ours.
    { replacementTrigger: cluster.id },
  );
  const image = new docker.Image(
    name,
    {
      imageName: `${name}:${context.tag}`,
      build: {
        // Relative, so that another checkout of the same code has nothing to do.
        context: relative(process.cwd(), context.folder),
        dockerfile: relative(process.cwd(), context.dockerfile),
        platform: `linux/${architecture()}`,
        // The one that every Docker has: Debian's comes without BuildKit's own plugin.
        builderVersion: docker.BuilderVersion.BuilderV1,
      },
      skipPush: true,
      buildOnPreview: false,
    },
    { provider, replacementTrigger: cluster.id },
  );
  return image.imageName;
}

/** Docker's name for the architecture; minikube's node has that of its host. */
function architecture(): string {
  return process.arch === "x64" ? "amd64" : process.arch;
}
