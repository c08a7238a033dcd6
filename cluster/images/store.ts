import type { DaemonAddress } from "../../common/docker-client";

/** An image of one release that this project built. */
export interface ReleaseImage {
  readonly tag: string;
  readonly builtAt: Date;
}

/**
 * Where the images of a workload live, so that the nodes can start pods of them. One that is built elsewhere brings
 * them to the nodes in `ensure`.
 */
export interface ImageStore {
  /** The Docker daemon that builds. */
  readonly builder: DaemonAddress;
  /** What the kubelet does about an image that its node doesn't have. */
  readonly pullPolicy: "Never" | "IfNotPresent";
  /** The name under which the image of a release is built. */
  nameOf(tag: string): string;
  /** The image of a release, as a pod names it: by its digest if a registry has it, and otherwise by its name. */
  imageOf(tag: string): Promise<string>;
  /** Makes an image that was built available to every node. */
  ensure(tag: string): Promise<void>;
  /** Those of the releases whose image is there. @throws {UserError} if the store doesn't answer */
  tags(among: readonly string[]): Promise<string[]>;
  /** The images that this project built, newest first. */
  newestFirst(): Promise<ReleaseImage[]>;
  /** Removes the image of a release. @throws if a container still is of it */
  remove(tag: string): Promise<void>;
  /** What a node needs to pull an image, as a `.dockerconfigjson`. Undefined if it needs nothing, or nothing is known. */
  pullSecret(): Promise<string | undefined>;
}

/** The label of the images that this project builds. Its value is the image's own tag, see {@link isOurs}. */
export const IMAGE_LABEL = "koa-on-minikube.release";

/** Whether this project built an image. One that somebody built from ours inherits the label, but not its tag. */
export function isOurs(tag: string, labels: Readonly<Record<string, string>> | null | undefined): boolean {
  return labels?.[IMAGE_LABEL] === tag;
}
