import { mkdir, rm } from "node:fs/promises";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { exclusively } from "../../../common/lock.mjs";
import { orUndefined } from "../../../cluster/connection/kubernetes-client";
import { acquire } from "../../../toolchain/acquire";
import { deleteProfile, isRunning, minikubeOf, profileExists } from "../../../toolchain/cluster";
import { askDaemon, ensureDocker } from "../../../toolchain/docker";
import { hostTools } from "../../../toolchain/tools";
import { makeCheckout } from "./checkout";
import { apps, core, leftBehind } from "./cluster";
import { machine, places, PROFILE, PROJECT } from "./place";

/** `E2E_KEEP=1`: profile, state and checkout are left as they are, and the next run uses the profile again. */
const KEEP = process.env.E2E_KEEP === "1";

/** Releases the lock under which one run at a time uses the world. */
let release: (() => void) | undefined;
let opened: Promise<void> | undefined;

/** Why there can be no cluster on this machine; undefined if there can. */
export async function whyImpossible(): Promise<string | undefined> {
  if (machine.debian && machine.root) return undefined; // `npm run up` installs and starts Docker
  const { refusal } = await askDaemon(machine.env);
  return refusal === undefined ? undefined : `no Docker daemon answers: ${refusal}`;
}

/** Makes the tests' own world, once for all files: everything except the cluster, which `npm run up` makes. */
export function openWorld(): Promise<void> {
  opened ??= open();
  return opened;
}

async function open(): Promise<void> {
  await lockWorld();
  await clearCluster(KEEP);
  // The kubeconfig is removed with the cluster, and stays with a cluster that stays.
  const stale = KEEP ? [places.checkout, places.backend, places.template, places.project] : [places.world];
  for (const folder of stale) await rm(folder, { recursive: true, force: true });
  await mkdir(places.backend, { recursive: true });
  await makeCheckout();
}

/** Waits while another run uses the world. The lock also ends with this process, however it ends. */
function lockWorld(): Promise<void> {
  return new Promise((locked, failed) => {
    const untilReleased = () =>
      new Promise<void>((end) => {
        release = end;
        locked();
      });
    const onWait = (pid: number) =>
      console.log(`    another run of the e2e tests is at work (pid ${pid}): waiting`);
    exclusively(places.lock, untilReleased, onWait).catch(failed);
  });
}

/** Removes the world, unless it is to be kept. */
export async function closeWorld(): Promise<void> {
  if (release === undefined) return;
  try {
    if (KEEP) console.log(`kept: the profile ${PROFILE}, and ${places.world}`);
    else await remove();
  } finally {
    release();
  }
}

async function remove(): Promise<void> {
  await clearCluster(false);
  await rm(places.world, { recursive: true, force: true });
  for (const folder of [places.checkout, places.project]) await rm(selectionOf(folder), { force: true });
}

/** The file in which the CLI stores the stack that is selected in a folder. */
function selectionOf(folder: string): string {
  const hash = createHash("sha1").update(join(folder, "Pulumi.yaml")).digest("hex");
  return join(machine.pulumiHome, "workspaces", `${PROJECT}-${hash}-workspace.json`);
}

/** Deletes the profile, whatever its state; if it is to be kept and runs, only the objects in it. */
async function clearCluster(keep: boolean): Promise<void> {
  if (!profileExists(machine, PROFILE)) return;
  await ensureDocker(machine, () => {});
  const minikube = minikubeOf(await acquire(hostTools.minikube, machine, () => {}), machine);
  if (keep && (await isRunning(minikube, PROFILE))) await clearObjects();
  else await deleteProfile(minikube, PROFILE, () => {});
}

async function clearObjects(): Promise<void> {
  for (const object of await leftBehind()) {
    const [, kind, namespace = "", name = ""] = /^(\w+) (.*)\/(.*)$/.exec(object) ?? [];
    if (kind === "Deployment") await orUndefined(apps().deleteNamespacedDeployment({ namespace, name }));
    if (kind === "Service") await orUndefined(core().deleteNamespacedService({ namespace, name }));
    if (kind === "Secret") await orUndefined(core().deleteNamespacedSecret({ namespace, name }));
    if (kind === "Namespace") await orUndefined(core().deleteNamespace({ name }));
  }
}
