import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError, type Problem } from "../../common/problem";
import { attempt, CommandError } from "../command";
import type { Machine } from "../machine";

/** How long Docker may take to answer, in milliseconds: a daemon may hang. */
const ANSWER_TIMEOUT_MS = 30_000;

/** Labels that minikube gives to what it makes in Docker. */
const PROFILE_LABEL = "name.minikube.sigs.k8s.io";
const MINIKUBE_LABEL = "created_by.minikube.sigs.k8s.io";

/** The file in a node with the public key of the user that the node belongs to. */
const KEYS = "/home/docker/.ssh/authorized_keys";

/** The container that a minikube node is. It has the profile's name, which all users of a Docker daemon share. */
export interface Container {
  readonly id: string;
  readonly image: string;
  /** When it was created, as Docker writes it. */
  readonly created: string;
  /** The minikube profile that it is a node of, by its label; empty if minikube didn't make it. */
  readonly profile: string;
}

/** The container of this name. Undefined if there is none. */
export async function findContainer(machine: Machine, name: string): Promise<Container | undefined> {
  const format = `{{.Name}} {{.Id}} {{.Config.Image}} {{.Created}} {{index .Config.Labels "${PROFILE_LABEL}"}}`;
  const found = await inspect(machine, "container", name, format);
  const [fullName, id = "", image = "", created = "", profile = ""] = found?.split(" ") ?? [];
  // Docker also accepts the beginning of an id as a name.
  return fullName === `/${name}` ? { id, image, created, profile } : undefined;
}

/**
 * Refuses a container that another user, or another minikube home, has under this profile's name: minikube would
 * delete it.
 *
 * @throws UserError which names it
 */
export async function refuseForeignContainer(
  machine: Machine,
  name: string,
  found: Container,
): Promise<void> {
  const keys = await readInNode(machine, name, KEYS);
  if (keys === undefined ? isJustCreated(machine, found) : keys.includes(publicKey(machine, name))) return;
  throw new UserError({
    what: `the Docker container ${name} belongs to another user or another minikube home, and minikube would delete it`,
    where: `docker container inspect ${name} (image ${found.image}, created ${found.created}); whose it is: docker exec ${name} cat ${KEYS}`,
    todo: elsewhere(`docker rm -f ${name} && docker volume rm ${name}`),
  });
}

/** Whether this minikube home was creating the node when it was interrupted: minikube copies its key right afterwards. */
function isJustCreated(machine: Machine, { profile }: Container): boolean {
  return profile !== "" && existsSync(join(machine.minikubeHome, "machines", profile, "config.json"));
}

/** The public key that minikube made for a node; never in a node if there is none. */
function publicKey(machine: Machine, name: string): string {
  const file = join(machine.minikubeHome, "machines", name, "id_rsa.pub");
  return existsSync(file) ? readFileSync(file, "utf8").trim() : "(no key)";
}

/**
 * Refuses to create a profile over a container, volume or network of its name that this minikube home knows nothing of.
 *
 * @throws UserError which names them all
 */
export async function refuseTakenName(machine: Machine, name: string): Promise<void> {
  const container = await findContainer(machine, name);
  if (container !== undefined) return await refuseForeignContainer(machine, name, container);
  const problems: Problem[] = [];
  if ((await inspect(machine, "volume", name, "{{.Name}}")) !== undefined) {
    problems.push({
      what: `there is a Docker volume ${name}, and minikube would write the new node's files into it`,
      where: `docker volume inspect ${name}`,
      todo: elsewhere(`docker volume rm ${name}`),
    });
  }
  const madeByMinikube = await inspect(machine, "network", name, `{{index .Labels "${MINIKUBE_LABEL}"}}`);
  if (madeByMinikube !== undefined && madeByMinikube !== "true") {
    problems.push({
      what: `there is a Docker network ${name} that minikube didn't make, and minikube would delete it with the profile`,
      where: `docker network inspect ${name}`,
      todo: elsewhere(`docker network rm ${name}`),
    });
  }
  if (problems.length > 0) throw new UserError(...problems);
}

function elsewhere(removal: string): string {
  return `choose another name: npx pulumi config set context another-name (or, if nobody needs it: ${removal})`;
}

/** A pod's folder in /var/log/pods: namespace, name, uid. The uid of a static pod, which needs no API server, has no dashes. */
const POD_FOLDER = /[a-z0-9-]+_([a-z0-9.-]+)_[0-9a-f]{8}-[0-9a-f]{4}-/g;
/** These run on a node that isn't Ready: they make its network. */
const NETWORK_POD = /^(kube-proxy|kindnet)-/;

/** Whether a node has ever been Ready: only then can a pod run that isn't part of Kubernetes. */
export async function hasEverBeenReady(machine: Machine, name: string): Promise<boolean> {
  const folders = (await readInNode(machine, name, "/var/log/pods")) ?? "";
  return [...folders.matchAll(POD_FOLDER)].some(([, pod = ""]) => !NETWORK_POD.test(pod));
}

/** A file or folder of a container, running or not, as an uncompressed tar archive. Undefined if it isn't there. */
async function readInNode({ env }: Machine, name: string, path: string): Promise<string | undefined> {
  const args = ["cp", `${name}:${path}`, "-"];
  const { exitCode, stdout, output } = await attempt("docker", args, { env, timeout: ANSWER_TIMEOUT_MS });
  if (exitCode === 0) return stdout;
  if (/could not find the file|no such container:path/i.test(output)) return undefined;
  throw new CommandError(["docker", ...args].join(" "), exitCode, output);
}

/** What `docker <kind> inspect` prints; undefined if there is no such thing. */
async function inspect(
  { env }: Machine,
  kind: string,
  name: string,
  format: string,
): Promise<string | undefined> {
  const args = [kind, "inspect", name, "--format", format];
  const { exitCode, stdout, output } = await attempt("docker", args, { env, timeout: ANSWER_TIMEOUT_MS });
  if (exitCode === 0) return stdout.trim();
  if (/no such|not found/i.test(output)) return undefined;
  throw new CommandError(["docker", ...args].join(" "), exitCode, output);
}
