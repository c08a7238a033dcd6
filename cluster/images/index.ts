import type { Kind } from "../kinds";
import { NodeStore } from "./node-store";
import type { ImageStore } from "./store";

export { IMAGE_LABEL, type ImageStore } from "./store";

/** The store that goes with a kind of cluster. It asks nothing yet. */
export function imageStore({ daemon }: Pick<Kind, "daemon">, name: string): ImageStore {
  return new NodeStore(daemon, name);
}
