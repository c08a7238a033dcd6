import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError, type Problem } from "../../common/problem";
import { attempt, CommandError } from "../command";
import type { Machine } from "../machine";

/** How long Docker may take to answer, in milliseconds: the daemon may hang. */
const ANSWER_TIMEOUT_MS = 30_000;

/** The labels of minikube's containers, volumes and networks. */
const PROFILE_LABEL = "name.minikube.sigs.k8s.io";
const MINIKUBE_LABEL = "created_by.minikube.sigs.k8s.io";

/** The file in a node with the public key of the node's owner. */
const KEYS = "/home/docker/.ssh/authorized_keys";

/** The container of a minikube node. Its name is the profile's, and all users of a Docker daemon share the names. */
interface Container {
  readonly id: string;
  readonly image: string;
  /** The time of its creation, as Docker writes it. */
  readonly created: string;
  /** The minikube profile in its label; empty if minikube didn't make the container. */
  readonly profile: string;
}

/** Finds the container with a name. Undefined if there is none. */
export async function findContainer(machine: Machine, name: string): Promise<Container | undefined> {
  const format = `{{.Name}} {{.Id}} {{.Config.Image}} {{.Created}} {{index .Config.Labels "${PROFILE_LABEL}"}}`;
  const found = await inspect(machine, "container", name, format);
  const [fullName, id = "", image = "", created = "", profile = ""] = found?.split(" ") ?? [];
  // Docker would also find a container whose id begins with the name.
  return fullName === `/${name}` ? { id, image, created, profile } : undefined;
}

/**
 * Refuses a container with the profile's name that belongs to another user or another minikube home: minikube would
 * delete it.
 *
 * @throws UserError that names the container
 */
export async function refuseForeignContainer(
  machine: Machine,
  name: string,
  found: Container,
): Promise<void> {
  const keys = await readInNode(machine, name, KEYS);
  if (keys === undefined ? isJustCreated(machine, found) : keys.includes(publicKey(machine, name))) return;
  throw new UserError({
    what: `The Docker container ${name} belongs to another user or another minikube home, and minikube would delete it`,
    where: `docker container inspect ${name} (image ${found.image}, created ${found.created}); its owner's key: docker exec ${name} cat ${KEYS}`,
    todo: useAnotherName(`docker rm -f ${name} && docker volume rm ${name}`),
  });
}

/** Whether this minikube home created the container and was interrupted before it copied its key into the node. */
function isJustCreated(machine: Machine, { profile }: Container): boolean {
  return profile !== "" && existsSync(join(machine.minikubeHome, "machines", profile, "config.json"));
}

/** The public key that minikube made for a node; without one, a text that is in no node. */
function publicKey(machine: Machine, name: string): string {
  const file = join(machine.minikubeHome, "machines", name, "id_rsa.pub");
  return existsSync(file) ? readFileSync(file, "utf8").trim() : "(no key)";
}

/**
 * Refuses to create a profile if a container, volume or network that isn't this minikube home's has the profile's name.
 *
 * @throws UserError that names them all
 */
export async function refuseTakenName(machine: Machine, name: string): Promise<void> {
  const container = await findContainer(machine, name);
  if (container !== undefined) return await refuseForeignContainer(machine, name, container);
  const problems: Problem[] = [];
  if ((await inspect(machine, "volume", name, "{{.Name}}")) !== undefined) {
    problems.push({
      what: `There is a Docker volume ${name}, and minikube would write the new node's files into it`,
      where: `docker volume inspect ${name}`,
      todo: useAnotherName(`docker volume rm ${name}`),
    });
  }
  const madeByMinikube = await inspect(machine, "network", name, `{{index .Labels "${MINIKUBE_LABEL}"}}`);
  if (madeByMinikube !== undefined && madeByMinikube !== "true") {
    problems.push({
      what: `There is a Docker network ${name} that minikube didn't make, and minikube would delete it with the profile`,
      where: `docker network inspect ${name}`,
      todo: useAnotherName(`docker network rm ${name}`),
    });
  }
  if (problems.length > 0) throw new UserError(...problems);
}

function useAnotherName(removal: string): string {
  return `choose another name: npx pulumi config set context another-name (or, if nobody needs it: ${removal})`;
}

/** A pod's folder in /var/log/pods: namespace, name, uid. The uids of static pods have no dashes: they don't match. */
const POD_FOLDER = /[a-z0-9-]+_([a-z0-9.-]+)_[0-9a-f]{8}-[0-9a-f]{4}-/g;
/** Pods that run before a node is Ready: they make its network. */
const NETWORK_POD = /^(kube-proxy|kindnet)-/;

/** Whether a node has ever been Ready. Before that, only static pods and its network's pods run. */
export async function hasEverBeenReady(machine: Machine, name: string): Promise<boolean> {
  const folders = (await readInNode(machine, name, "/var/log/pods")) ?? "";
  return [...folders.matchAll(POD_FOLDER)].some(([, pod = ""]) => !NETWORK_POD.test(pod));
}

/** Reads a file or folder of a container, running or not, as a tar archive. Undefined if it doesn't exist. */
function readInNode(machine: Machine, name: string, path: string): Promise<string | undefined> {
  return docker(machine, ["cp", `${name}:${path}`, "-"], /could not find the file|no such container:path/i);
}

/** The output of `docker <kind> inspect`; undefined if the object doesn't exist. */
function inspect(machine: Machine, kind: string, name: string, format: string): Promise<string | undefined> {
  return docker(machine, [kind, "inspect", name, "--format", format], /no such|not found/i);
}

/** Runs a docker command. Returns undefined if it fails with a message that matches `missing`. @throws CommandError */
async function docker(
  { env }: Machine,
  args: readonly string[],
  missing: RegExp,
): Promise<string | undefined> {
  const { exitCode, stdout, output } = await attempt("docker", args, { env, timeout: ANSWER_TIMEOUT_MS });
  if (exitCode === 0) return stdout;
  if (missing.test(output)) return undefined;
  throw new CommandError(["docker", ...args].join(" "), exitCode, output);
}
