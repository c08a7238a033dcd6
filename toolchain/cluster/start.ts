import { UserError } from "../../common/problem";
import type { Say } from "../step";
import { VERSIONS } from "../tools";
import { forgetUnanswered } from "./connection-tracking";
import { refuseTakenPort } from "./host-port";
import { deleteProfile, ensureContext, startMinikube, type Minikube } from "./minikube";
import { findContainer, hasEverBeenReady, refuseForeignContainer, refuseTakenName } from "./node-container";
import { isMadeHere, isUnfinished, MARK, noteMadeHere, readProfile, type Profile } from "./profile";

/** The cluster to start. */
export interface ClusterRequest {
  readonly profile: string;
  /** Is published on the loopback address if the cluster is created with one node. */
  readonly nodePort: number;
  /** How many nodes the cluster has to have; undefined for as many as there are, or for one that is created. */
  readonly nodes?: number | undefined;
}

/** Gets the image of the node: the name of our own, or undefined if minikube pulls its own. */
export type GetNodeImage = () => Promise<string | undefined>;

/** Our own node images are called this; everything that such a node runs is made here too. */
const OWN_IMAGES = "koa-on-minikube/";

/** Flags for a node whose images can't be pulled: minikube's tarball of images and the addons' images can't be pulled either. */
const WITHOUT_DOWNLOADS = ["--preload=false", "--install-addons=false"];

/**
 * Ensures that the profile runs: creates it if there is none, goes on with one whose creation was interrupted, and
 * otherwise starts the existing one as it is. It deletes nothing that has ever run, and nothing that somebody
 * else made.
 *
 * @returns whether it had to be started
 * @throws UserError if it has another number of nodes than wanted
 */
export async function ensureProfile(
  minikube: Minikube,
  request: ClusterRequest,
  getNodeImage: GetNodeImage,
  say: Say,
): Promise<boolean> {
  const profile = readProfile(minikube.machine, request.profile);
  const finished = profile !== undefined && !isUnfinished(profile);
  if (finished) refuseOtherNumber(request, profile);
  if (finished && (await ensureContext(minikube, profile.name, say))) return false;
  await startProfile(minikube, request, profile, getNodeImage, say);
  return true;
}

/** Nodes are neither added nor removed: who made the cluster chose their number, and pods run on them. */
function refuseOtherNumber({ nodes: wanted }: ClusterRequest, { name, nodes }: Profile): void {
  if (wanted === undefined || wanted === nodes.length) return;
  throw new UserError({
    what: `the minikube cluster ${name} has ${nodes.length} node${nodes.length === 1 ? "" : "s"}, not ${wanted}`,
    where: "--nodes, which is for a cluster that is yet to be created",
    todo: `npm run up without --nodes; for another cluster beside it: npx pulumi config set context another-name; to make this one again: minikube delete -p ${name}`,
  });
}

async function startProfile(
  minikube: Minikube,
  request: ClusterRequest,
  profile: Profile | undefined,
  getNodeImage: GetNodeImage,
  say: Say,
): Promise<void> {
  const { machine } = minikube;
  if (profile === undefined) {
    for (const name of nodeNames(request)) await refuseTakenName(machine, name);
    return await createProfile(minikube, request, getNodeImage, say);
  }
  if (profile.driver !== "docker") return await startMinikube(minikube, profile.name, [], say);
  const container = await findContainer(machine, profile.name);
  if (container !== undefined) await refuseForeignContainer(machine, profile.name, container);
  if (!isUnfinished(profile)) return await startAgain(minikube, profile, say);
  if (container === undefined) return await createProfile(minikube, request, getNodeImage, say);
  if (await hasEverBeenReady(machine, profile.name)) return await finishProfile(minikube, profile, say);
  say(
    `the first start of ${profile.name} was interrupted before its node was ready: creating it again`,
    "notice",
  );
  await deleteProfile(minikube, profile.name, say);
  await createProfile(minikube, request, getNodeImage, say);
}

async function createProfile(
  minikube: Minikube,
  request: ClusterRequest,
  getNodeImage: GetNodeImage,
  say: Say,
): Promise<void> {
  if (nodeNames(request).length === 1) await refuseTakenPort(request.nodePort);
  const flags = creationFlags(request, await getNodeImage());
  await startMinikube(minikube, request.profile, flags, say);
  await noteMadeHere(minikube.machine, request.profile);
  await forgetUnanswered(minikube, request.profile, say);
}

/** A node that has been Ready may hold something. minikube has kept the flags that it was created with, but for these. */
async function finishProfile(minikube: Minikube, profile: Profile, say: Say): Promise<void> {
  const flags = profile.nodeImage.startsWith(OWN_IMAGES) ? WITHOUT_DOWNLOADS : [];
  await startMinikube(minikube, profile.name, flags, say);
  await noteMadeHere(minikube.machine, profile.name);
  await forgetUnanswered(minikube, profile.name, say);
}

async function startAgain(minikube: Minikube, profile: Profile, say: Say): Promise<void> {
  await startMinikube(minikube, profile.name, [], say);
  if (await isMadeHere(minikube.machine, profile.name)) await forgetUnanswered(minikube, profile.name, say);
}

/** What minikube calls the containers of the nodes. */
function nodeNames({ profile, nodes = 1 }: ClusterRequest): string[] {
  const others = Array.from(
    { length: nodes - 1 },
    (_, index) => `${profile}-m${String(index + 2).padStart(2, "0")}`,
  );
  return [profile, ...others];
}

function creationFlags({ nodePort, nodes = 1 }: ClusterRequest, nodeImage: string | undefined): string[] {
  const flags = [
    "--driver=docker",
    // 1.39 makes containerd its default; the image is built in the node's Docker daemon.
    "--container-runtime=docker",
    `--docker-opt=${MARK}`,
    `--kubernetes-version=v${VERSIONS.kubernetes}`,
    // Makes the URL answer also if the node's own address can't be reached (macOS, Windows). minikube would publish the
    // same port for each node, and only one of them can have it.
    nodes === 1 ? `--ports=127.0.0.1:${nodePort}:${nodePort}` : `--nodes=${nodes}`,
  ];
  return nodeImage === undefined ? flags : [...flags, ...flagsForOwnNode(nodeImage)];
}

/** Flags to create a profile with our own node image, which brings its network along. */
export function flagsForOwnNode(nodeImage: string): string[] {
  return [`--base-image=${nodeImage}`, "--network-plugin=cni", "--cni=false", ...WITHOUT_DOWNLOADS];
}
