import { deploymentName } from "../../cluster/objects/workload";
import { tracksOf, type ResilientServiceArgs, type TrackArgs } from "./args";
import { autoscaler } from "./autoscaler";
import { deployment } from "./deployment";
import { disruptionBudget } from "./disruption-budget";
import { httpRoute } from "./http-route";
import { podMonitor } from "./metrics";
import { namespace } from "./namespace";
import { networkPolicy } from "./network-policy";
import { service } from "./service";

/** An object, as the API server takes it. */
interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: object;
}

/** The objects of a service beside its Service and its tracks. */
export function besideService(name: string, args: ResilientServiceArgs): Manifest[] {
  const { gateway } = args;
  return [
    ...(args.networkPolicy ? [networkPolicy(name, args)] : []),
    ...(args.podMonitor ? [podMonitor(name, args)] : []),
    ...(gateway ? [httpRoute(name, args, gateway)] : []),
  ] as Manifest[];
}

/** The objects of a track beside its Deployment. */
export function besideDeployment(name: string, args: TrackArgs): Manifest[] {
  const { autoscale } = args.track;
  return [
    disruptionBudget(name, args),
    ...(autoscale ? [autoscaler(name, args, autoscale)] : []),
  ] as Manifest[];
}

/** The names of the Secrets that the manifests refer to, if the service needs them. */
export function secretsOf(name: string, { secretEnv, pullSecret }: ResilientServiceArgs) {
  const names = Object.keys(secretEnv);
  return {
    secretEnv: names.length > 0 ? { secret: `${name}-env`, names } : undefined,
    pullSecret: pullSecret === undefined ? undefined : `${name}-pull`,
  };
}

/**
 * The objects that the program declares for a service, except its Secrets, in an order in which they can be applied. They
 * have no annotations: by those, the program recognises its own objects.
 */
export function manifests(name: string, args: ResilientServiceArgs): Manifest[] {
  const tracks = tracksOf(name, args, secretsOf(name, args)).flatMap((track) => {
    const object = deploymentName(name, track.track.name);
    return [deployment(object, track), ...besideDeployment(object, track)];
  });
  const objects = [
    ...(args.namespace === "default" ? [] : [namespace(args.namespace, {})]),
    service(name, args),
    ...besideService(name, args),
    ...tracks,
  ];
  return (objects as Manifest[]).map((object) => ({
    ...object,
    metadata: { ...object.metadata, annotations: undefined },
  }));
}
