import { acquire } from "../../../toolchain/acquire";
import { deleteProfile, flagsForOwnNode, minikubeOf, needsOwnNode } from "../../../toolchain/cluster";
import { makeNode } from "../../../toolchain/offline";
import { hostTools, VERSIONS } from "../../../toolchain/tools";
import { machine } from "./place";
import { succeeds } from "./shell";

/** A cluster starts within a minute; on a busy machine, within ten. */
const TIMEOUT_MS = 600_000;

/**
 * Makes a minikube profile with these flags, as a person does by hand. If minikube's node image can't be pulled, the
 * flags for our own image are added.
 */
export async function startProfile(name: string, flags: string): Promise<void> {
  const all = [
    "minikube start",
    `-p ${name}`,
    flags,
    ...(machine.root ? ["--force"] : []),
    ...(await ownNode()),
  ];
  await succeeds(all.join(" "), { timeout: TIMEOUT_MS });
}

async function ownNode(): Promise<string[]> {
  const silently = () => {};
  if (!(await needsOwnNode(machine, silently))) return [];
  const image = await makeNode(machine, await acquire(hostTools.kubectl, machine, silently), silently);
  return [`--kubernetes-version=v${VERSIONS.kubernetes}`, ...flagsForOwnNode(image)];
}

/** Deletes a profile, whatever its state. */
export async function removeProfile(name: string): Promise<void> {
  const minikube = minikubeOf(await acquire(hostTools.minikube, machine, () => {}), machine);
  await deleteProfile(minikube, name, () => {});
}
