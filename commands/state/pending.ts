import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Workspace } from "@pulumi/pulumi/automation";
import { runPulumi } from "./cli";
import type { Operation, Resource, Snapshot } from "./checkpoint";

/** What to do with a resource that a killed update was creating. Nobody knows whether it exists. */
export type PendingCreates =
  /** Removes it from the state. The next update creates it or takes it over: the plugin's create is an upsert. */
  | "clear"
  /** Adds it to the state as created, so that a destroy deletes it. A refresh must follow, to check whether it exists. */
  | "import";

/**
 * Removes the pending creates from a stack's state: the engine would warn of them at every update.
 *
 * Uses `pulumi stack export` and `import`, as Pulumi's documentation says. The Automation API's exportStack() and
 * importStack() write every secret, decrypted, to a file that everybody can read, and its refresh() can't import.
 */
export async function clearPendingCreates(
  workspace: Workspace,
  stack: string,
  pendingCreates: PendingCreates,
): Promise<void> {
  const { deployment, ...rest } = await exportState(workspace, stack);
  const cleared = withoutPending(deployment, pendingCreates);
  const folder = await mkdtemp(join(tmpdir(), "koa-state-"));
  const file = join(folder, "state.json");
  try {
    await writeFile(file, JSON.stringify({ ...rest, deployment: cleared }));
    await runPulumi(workspace, ["stack", "import", "--stack", stack, "--file", file]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Exported {
  readonly deployment: Snapshot;
}

/** Reads a stack's state from any backend. Secrets stay encrypted. */
export async function exportState(workspace: Workspace, stack: string): Promise<Exported> {
  return JSON.parse(await runPulumi(workspace, ["stack", "export", "--stack", stack])) as Exported;
}

/** A snapshot without its pending operations, which are cleared or imported. */
export function withoutPending(
  { pending_operations = [], ...snapshot }: Snapshot,
  pendingCreates: PendingCreates,
): Snapshot {
  if (pendingCreates === "clear") return snapshot;
  const resources = snapshot.resources ?? [];
  const known = new Set(resources.map(({ urn }) => urn));
  const creates = pending_operations.filter(
    ({ type, resource }) => type === "creating" && !known.has(resource.urn),
  );
  return { ...snapshot, resources: [...resources, ...creates.flatMap(withId)] };
}

/** A resource with the id that the Kubernetes plugin would give it. Images and providers leave nothing to delete. */
function withId({ resource }: Operation): Resource[] {
  const { name, namespace } = resource.inputs?.metadata ?? {};
  if (!resource.type.startsWith("kubernetes:") || typeof name !== "string") return [];
  return [{ ...resource, id: typeof namespace === "string" ? `${namespace}/${name}` : name }];
}
