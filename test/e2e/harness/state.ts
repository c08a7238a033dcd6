import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readCheckpoint, type Snapshot } from "../../../commands/state/checkpoint";
import { apps, core } from "./cluster";
import { places, PROJECT, STACK } from "./place";
import { succeeds } from "./shell";

const root = join(places.backend, ".pulumi");

/** The file with the state of the tests' stack. */
export const stateFile = join(root, "stacks", PROJECT, `${STACK}.json`);

/** The names of the files by which updates of the tests' stack lock it. */
export function lockFiles(): string[] {
  const folder = join(root, "locks", "organization", PROJECT, STACK);
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** The stack's state, as the engine last wrote it. */
export function snapshot(): Snapshot {
  return existsSync(stateFile) ? (readCheckpoint(stateFile).checkpoint.latest ?? {}) : {};
}

/** Whether an operation is pending on a resource whose type has this ending. */
export function hasBegun(type: string): boolean {
  return snapshot().pending_operations?.some(({ resource }) => resource.type.endsWith(type)) ?? false;
}

/** Checks that the stack's state is complete and true, and that each object exists once. */
export async function isWhole(): Promise<void> {
  assert.deepEqual(lockFiles(), []);
  const exported = JSON.parse(await succeeds(`npx pulumi stack export --stack ${STACK}`)) as {
    deployment: Snapshot;
  };
  const { resources = [], pending_operations } = exported.deployment;
  assert.equal(pending_operations, undefined);
  const types = resources.map(({ type }) => type).sort();
  assert.deepEqual(types, [...new Set(types)], "one of each kind");
  const again = await succeeds("npx pulumi up --yes");
  assert.match(again, new RegExp(`${resources.length} unchanged`));
  assert.doesNotMatch(again, /warning|pending operation/);
  const namespace = "default";
  const [deployments, services, sets] = await Promise.all([
    apps().listNamespacedDeployment({ namespace }),
    core().listNamespacedService({ namespace }),
    apps().listNamespacedReplicaSet({ namespace }),
  ]);
  const names = services.items.map(({ metadata }) => metadata?.name).sort();
  const wanted = sets.items.filter(({ spec }) => (spec?.replicas ?? 0) > 0);
  assert.deepEqual([deployments.items.length, names, wanted.length], [1, ["api", "kubernetes"], 1]);
}
