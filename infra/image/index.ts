import { relative } from "node:path";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { ImageStore } from "../../cluster/images/store";
import type { BuildContext } from "./build-context";

/**
 * Builds the image of a release and makes it available to the nodes. Images of the last releases stay, for a rollback.
 *
 * @param clusterId builds again if it changes: a new cluster of the same name has no image of ours
 * @returns the image's name, once pods can be started from it
 */
export function buildImage(
  name: string,
  context: BuildContext,
  store: ImageStore,
  clusterId: string,
): pulumi.Output<string> {
  const { host, certPath } = store.builder;
  const provider = new docker.Provider(
    "node",
    { host, ...(certPath !== undefined && { certPath }) },
    { replacementTrigger: clusterId },
  );
  const image = new docker.Image(
    name,
    {
      imageName: store.nameOf(context.tag),
      build: {
        // Relative, so that another checkout of the same code changes nothing.
        context: relative(process.cwd(), context.folder),
        dockerfile: relative(process.cwd(), context.dockerfile),
        platform: `linux/${architecture()}`,
        args: context.args,
        ...(context.target !== undefined && { target: context.target }),
        builderVersion: docker.BuilderVersion.BuilderBuildKit,
      },
      skipPush: true,
      buildOnPreview: false,
    },
    { provider, replacementTrigger: clusterId },
  );
  return image.imageName.apply(async () => {
    if (!pulumi.runtime.isDryRun()) await store.ensure(context.tag);
    return store.imageOf(context.tag);
  });
}

/** Docker's name for this machine's architecture, which minikube's node has too. */
function architecture(): string {
  return process.arch === "x64" ? "amd64" : process.arch;
}
