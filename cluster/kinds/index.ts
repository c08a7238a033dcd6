import type { Environment } from "../connection/environment";
import type { FoundContext } from "../connection/kubeconfig";
import type { Kind } from "./kind";
import { findMinikube } from "./minikube";

export type { Kind } from "./kind";
export { refuseStopped } from "./minikube";

/**
 * Finds out which kind of cluster a context leads to. minikube is the only one so far.
 *
 * @throws {UserError} if it is another one, or images can't be built in it
 */
export async function findKind(found: FoundContext, environment: Environment): Promise<Kind> {
  return findMinikube(found, environment);
}
