import type * as client from "@kubernetes/client-node";

/**
 * Kubernetes' own client, when it is first asked for. Imported like this Node.js loads it as it is; at the top of a
 * file it would go through tsx, which takes three times as long for its thousand modules.
 */
export function kubernetesClient(): Promise<typeof client> {
  return import("@kubernetes/client-node");
}
