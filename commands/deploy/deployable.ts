import type { Stack } from "@pulumi/pulumi/automation";
import type { Cluster } from "../../cluster";
import type { Config } from "../../infra/config";
import type { Machine } from "../../toolchain/machine";
import type { Say } from "../../toolchain/step";
import { withStackLock } from "../state";

/** A stack to update, and the cluster that it is deployed to. */
export interface Deployable {
  readonly machine: Machine;
  readonly stack: Stack;
  readonly config: Config;
  readonly cluster: Cluster;
}

/** Runs an update of the stack while no other one runs. @throws as `withStackLock` does */
export function updateLocked<T>(
  { machine, stack }: Deployable,
  say: Say,
  update: () => Promise<T>,
): Promise<T> {
  return withStackLock(stack, { machine, pendingCreates: "clear" }, say, update);
}
