import { UserError } from "../../../common/problem";
import type { Environment } from "../../connection/environment";
import { findContainers, type NodeContainer } from "../container";
import { readProfile, type Profile } from "./profile";

/** A running minikube cluster. The cluster itself wasn't asked. */
export interface RunningProfile extends Profile {
  /** The first node, if it is a container. */
  readonly container: NodeContainer | undefined;
}

/**
 * Finds the minikube profile of a cluster by its name. Undefined if the cluster isn't minikube's.
 *
 * @throws {UserError} if the node's container doesn't run
 */
export async function findRunningProfile(
  name: string,
  environment: Environment,
): Promise<RunningProfile | undefined> {
  const profile = await readProfile(environment.minikubeHome, name);
  if (profile?.driver !== "docker") return profile && { ...profile, container: undefined };
  const container = (await findContainers([name], environment.docker)).get(name);
  if (container?.running === true) return { ...profile, container };
  throw new UserError({
    what: `The minikube cluster ${name} is stopped.`, // minikube's word for a cluster that was made and isn't running
    todo: `minikube start -p ${name}`,
  });
}
