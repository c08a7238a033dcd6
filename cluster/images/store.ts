import type { DaemonAddress } from "../../common/docker-client";

/** The image of a release. */
export interface ReleaseImage {
  readonly tag: string;
  readonly builtAt: Date;
}

/**
 * Where the images of a workload live. If they aren't built where the nodes look for them, `ensure` brings them there.
 */
export interface ImageStore {
  /** The Docker daemon that builds the images. */
  readonly builder: DaemonAddress;
  /** What the kubelet does about an image that its node doesn't have. */
  readonly pullPolicy: "Never" | "IfNotPresent";
  /** The name under which the image of a release is built. */
  nameOf(tag: string): string;
  /** The image of a release, as a pod names it: by its digest if a registry has it, and otherwise by its name. */
  imageOf(tag: string): Promise<string>;
  /** Makes a built image available to every node. */
  ensure(tag: string): Promise<void>;
  /** Those of the given releases whose image exists. @throws {UserError} if the store doesn't answer */
  tags(among: readonly string[]): Promise<string[]>;
  /** The images that this project built, newest first. */
  newestFirst(): Promise<ReleaseImage[]>;
  /** Removes the image of a release. @throws if a container still uses it */
  remove(tag: string): Promise<void>;
  /** The credentials with which nodes pull, as a `.dockerconfigjson`. Undefined if none are needed, or none are known. */
  pullSecret(): Promise<string | undefined>;
}

/** The label of the images that this project builds. Its value is the image's own tag, see {@link isOurs}. */
export const IMAGE_LABEL = "koa-on-minikube.release";

/** Whether this project built an image. An image that somebody built from ours inherits the label, but not the tag. */
export function isOurs(tag: string, labels: Readonly<Record<string, string>> | null | undefined): boolean {
  return labels?.[IMAGE_LABEL] === tag;
}
