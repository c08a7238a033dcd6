import type { Operation, Resource, Snapshot } from "./checkpoint";

/** What becomes of a thing that an update was just making when it was killed: nobody knows whether it is there. */
export type Unheard =
  /** It is struck out. The next update makes it or takes it on: the Kubernetes plugin's create is an upsert. */
  | "forget"
  /** It is taken for there, so that a destroy deletes it. A refresh must follow, which looks whether it is. */
  | "adopt";

/**
 * Strikes out what a killed update had begun and not heard of again: the engine would warn of it at every update
 * from then on.
 */
export function withoutPending({ pending_operations, ...snapshot }: Snapshot, unheard: Unheard): Snapshot {
  if (unheard === "forget" || pending_operations === undefined) return snapshot;
  const resources = snapshot.resources ?? [];
  const known = new Set(resources.map(({ urn }) => urn));
  const made = pending_operations.filter(
    ({ type, resource }) => type === "creating" && !known.has(resource.urn),
  );
  return { ...snapshot, resources: [...resources, ...made.flatMap(adopted)] };
}

/** With the id that the Kubernetes plugin would have given it. An image or a provider is nothing to be deleted. */
function adopted({ resource }: Operation): Resource[] {
  const { name, namespace } = resource.inputs?.metadata ?? {};
  if (!resource.type.startsWith("kubernetes:") || typeof name !== "string") return [];
  return [{ ...resource, id: typeof namespace === "string" ? `${namespace}/${name}` : name }];
}
