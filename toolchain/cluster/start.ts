import { UserError } from "../../common/problem";
import type { Say } from "../step";
import { VERSIONS } from "../tools";
import { shortenUnanswered } from "./connection-tracking";
import { refuseTakenPort } from "./host-port";
import { deleteProfile, ensureContext, startMinikube, type Minikube } from "./minikube";
import { findContainer, hasEverBeenReady, refuseForeignContainer, refuseTakenName } from "./node-container";
import { isMadeHere, isUnfinished, MARK, noteMadeHere, readProfile, type Profile } from "./profile";

/** The cluster to start. */
export interface ClusterRequest {
  readonly profile: string;
  /** The port that is published on the loopback address, if the cluster is created with one node. */
  readonly nodePort: number;
  /** The number of nodes; undefined for that of the existing cluster, or for one node in a new cluster. */
  readonly nodes?: number | undefined;
}

/** Gets the name of the node image that this project builds; undefined if minikube pulls its own. */
type GetNodeImage = () => Promise<string | undefined>;

/** The node images that this project builds have names that begin with this. */
const OWN_IMAGES = "koa-on-minikube/";

/** Flags for a node image that this project builds: minikube's other images can't be pulled either. */
const WITHOUT_DOWNLOADS = ["--preload=false", "--install-addons=false"];

/**
 * Ensures that the profile runs. Creates it if it doesn't exist, continues an interrupted creation, or starts the existing
 * profile as it is. Deletes nothing that has ever run, and nothing that somebody else made.
 *
 * @returns false if it runs already
 * @throws UserError if the existing profile has another number of nodes than the request
 */
export async function ensureProfile(
  minikube: Minikube,
  request: ClusterRequest,
  getNodeImage: GetNodeImage,
  say: Say,
): Promise<boolean> {
  const profile = readProfile(minikube.machine, request.profile);
  const finished = profile !== undefined && !isUnfinished(profile);
  if (finished) refuseOtherSize(request, profile);
  if (finished && (await ensureContext(minikube, profile.name, say))) return false;
  await startProfile(minikube, request, profile, getNodeImage, say);
  return true;
}

/** Refuses another number of nodes: `npm run up` neither adds nor removes nodes of an existing cluster. */
function refuseOtherSize({ nodes: wanted }: ClusterRequest, { name, nodes }: Profile): void {
  if (wanted === undefined || wanted === nodes.length) return;
  throw new UserError({
    what: `The minikube cluster ${name} has ${nodes.length} node${nodes.length === 1 ? "" : "s"}, not ${wanted}`,
    where: "--nodes, which is only for a new cluster",
    todo: `npm run up without --nodes; for a second cluster: npx pulumi config set context another-name; to make this one again: minikube delete -p ${name}`,
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
  await startOwnProfile(minikube, request.profile, flags, say);
}

/** Completes the first start of a profile whose node may hold something. minikube has kept its flags, but not these. */
async function finishProfile(minikube: Minikube, profile: Profile, say: Say): Promise<void> {
  const flags = profile.nodeImage.startsWith(OWN_IMAGES) ? WITHOUT_DOWNLOADS : [];
  await startOwnProfile(minikube, profile.name, flags, say);
}

async function startOwnProfile(
  minikube: Minikube,
  profile: string,
  flags: string[],
  say: Say,
): Promise<void> {
  await startMinikube(minikube, profile, flags, say);
  await noteMadeHere(minikube.machine, profile);
  await shortenUnanswered(minikube, profile, say);
}

async function startAgain(minikube: Minikube, profile: Profile, say: Say): Promise<void> {
  await startMinikube(minikube, profile.name, [], say);
  if (await isMadeHere(minikube.machine, profile.name)) await shortenUnanswered(minikube, profile.name, say);
}

/** minikube's names for the containers of the nodes. */
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
    // Not containerd, the default since minikube 1.39: the node's Docker daemon builds the service's image.
    "--container-runtime=docker",
    `--docker-opt=${MARK}`,
    `--kubernetes-version=v${VERSIONS.kubernetes}`,
    // Published for machines that can't reach the node's address (macOS, Windows). Not with several nodes: minikube would
    // publish the same port for each of them.
    nodes === 1 ? `--ports=127.0.0.1:${nodePort}:${nodePort}` : `--nodes=${nodes}`,
  ];
  return nodeImage === undefined ? flags : [...flags, ...flagsForOwnNode(nodeImage)];
}

/** Flags to create a profile with a node image that this project builds. The image contains the pods' network. */
export function flagsForOwnNode(nodeImage: string): string[] {
  return [`--base-image=${nodeImage}`, "--network-plugin=cni", "--cni=false", ...WITHOUT_DOWNLOADS];
}
