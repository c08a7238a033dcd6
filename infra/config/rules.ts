import { parseQuantity } from "../../common/quantity";
import type { Key, Keys } from "./schema";
import { resourcesOf, STABLE } from "./tracks";
import { badLimits, type Resources } from "./values";

/** A value that conflicts with the values of other keys. */
export interface Conflict {
  readonly key: Key;
  /** The part of the key's value that conflicts, if it isn't all of it. */
  readonly part?: { readonly path: readonly string[]; readonly value: unknown };
  /** What would not conflict. */
  readonly allowed: string;
  /** The arguments of `npx pulumi config` that fix it. */
  readonly fix: string;
}

/** @param keys the values that are valid by themselves, defaults included; isSet: whether config has the key */
type Rule = (keys: Partial<Keys>, isSet: (key: Key) => boolean) => Conflict | readonly Conflict[] | undefined;

const differentPorts: Rule = ({ port, metricsPort }) => {
  if (port === undefined || port !== metricsPort) return undefined;
  const allowed = "a port other than the service's own, or 0 for a service without metrics";
  return { key: "metricsPort", allowed, fix: `set metricsPort ${port === 9465 ? 9464 : 9465}` };
};

const metricsToScrape: Rule = ({ podMonitor, metricsPort }) => {
  if (podMonitor !== true || metricsPort !== 0) return undefined;
  const allowed = "false, or a metricsPort other than 0: without one there is nothing to scrape";
  return { key: "podMonitor", allowed, fix: "set podMonitor false" };
};

const policyForEgress: Rule = ({ networkPolicy, egress }) => {
  if (networkPolicy !== false || egress === undefined) return undefined;
  const allowed = "no egress, or networkPolicy true: egress is a part of the NetworkPolicy";
  return { key: "egress", allowed, fix: "rm egress" };
};

const storageToUse: Rule = ({ storageClass, writable = {} }) => {
  if (storageClass === undefined || Object.keys(writable).some((folder) => folder !== "/tmp"))
    return undefined;
  const allowed = "no storageClass, or a folder in writable besides /tmp: nothing else is stored";
  return { key: "storageClass", allowed, fix: "rm storageClass" };
};

/** If the deadline isn't set, it is derived from startSeconds. */
const timeToStart: Rule = ({ startSeconds = 0, progressDeadlineSeconds = Infinity }, isSet) => {
  if (!isSet("startSeconds") || !isSet("progressDeadlineSeconds")) return undefined;
  if (startSeconds <= progressDeadlineSeconds) return undefined;
  return {
    key: "progressDeadlineSeconds",
    allowed: `at least startSeconds, which is ${startSeconds}: a pod may take that long to start`,
    fix: `set progressDeadlineSeconds ${deadlineFor(startSeconds)}`,
  };
};

const oneProbe = (key: "health" | "ready"): Rule => {
  const path = `${key}Path` as const;
  return (_, isSet) =>
    isSet(key) && isSet(path)
      ? { key, allowed: `${key} or ${path}, not both`, fix: `rm ${path}` }
      : undefined;
};

const rootOnlyInDefault: Rule = ({ user, namespace = "default" }) => {
  if (user !== 0 || namespace === "default") return undefined;
  const allowed = `any user but root (0): the namespace ${namespace} enforces the restricted Pod Security Standard`;
  return { key: "user", allowed, fix: "set user 65532" };
};

const ONE_WAY_TO_SCALE = "replicas or autoscale, not both: an autoscaler chooses the number of pods";

const oneWayToScale: Rule = (_, isSet) => {
  if (!isSet("replicas") || !isSet("autoscale")) return undefined;
  return { key: "replicas", allowed: ONE_WAY_TO_SCALE, fix: "rm replicas" };
};

const oneWayToScaleTracks: Rule = ({ tracks = {} }) =>
  Object.entries(tracks)
    .filter(([, { replicas, autoscale }]) => replicas !== undefined && autoscale !== undefined)
    .map(([track, { replicas }]) => {
      const part = { path: [track, "replicas"], value: replicas };
      return { key: "tracks", part, allowed: ONE_WAY_TO_SCALE, fix: `rm --path tracks.${track}.replicas` };
    });

/** Each setting of the track `stable` is made once: for the stack, or for the track. */
const stableOnce: Rule = ({ tracks = {} }, isSet) => {
  const { replicas, autoscale, release } = tracks[STABLE] ?? {};
  const twice = (key: Key, name: string, value: unknown): Conflict[] => {
    if (!isSet(key) || value === undefined) return [];
    const allowed = `${key} or tracks.${STABLE}.${name}, not both`;
    return [{ key: "tracks", part: { path: [STABLE, name], value }, allowed, fix: `rm ${key}` }];
  };
  return [
    ...(["replicas", "autoscale"] as const).flatMap((key) => [
      ...twice(key, "replicas", replicas),
      ...twice(key, "autoscale", autoscale),
    ]),
    ...twice("rolledBack", "release", release),
  ];
};

/** An autoscaler compares a pod's CPU use with what the pod requests, and a pod can't use more than its limit. */
const reachableTarget: Rule = ({ autoscale, resources, tracks = {} }) => {
  if (resources === undefined) return undefined;
  const own = Object.entries(tracks).map(([track, value]) => {
    return { track, autoscale: value.autoscale, resources: resourcesOf(resources, value) };
  });
  return [{ autoscale, resources }, ...own].flatMap((each) => unreachable(each) ?? []);
};

function unreachable({ track, autoscale, resources }: Scaled): Conflict | undefined {
  if (autoscale === undefined) return undefined;
  const { requests, limits } = resources;
  const [request = 0n, limit = 0n] = [parseQuantity(requests.cpu), parseQuantity(limits.cpu)];
  const prefix = track === undefined ? "" : `tracks.${track}.`;
  const at = (key: Key, path: readonly string[], value: unknown) =>
    track === undefined ? { key } : { key: "tracks" as const, part: { path: [track, key, ...path], value } };
  if (request === 0n) {
    const allowed = "requests.cpu above 0: autoscale.cpuPercent is a share of it";
    const where = at("resources", ["requests", "cpu"], requests.cpu);
    return { ...where, allowed, fix: `set --path ${prefix}resources.requests.cpu 100m` };
  }
  const most = Number((limit * 100n) / request);
  if (autoscale.cpuPercent <= most) return undefined;
  const allowed = `cpuPercent at most ${most}: a pod that requests ${requests.cpu} CPU uses ${limits.cpu} at most`;
  const where = at("autoscale", ["cpuPercent"], autoscale.cpuPercent);
  return { ...where, allowed, fix: `set --path ${prefix}autoscale.cpuPercent 70` };
}

interface Scaled {
  /** Undefined for the stack's own keys. */
  readonly track?: string;
  readonly autoscale: Keys["autoscale"];
  readonly resources: Resources;
}

/** `gateway` and `nodePort` each belong to one way of being reached. */
const exposed: Rule = ({ expose, gateway }, isSet) => {
  const found: Conflict[] = [];
  if (expose === "Gateway" && !isSet("gateway")) {
    const fix = "set --path gateway.name NAMESPACE/NAME";
    found.push({
      key: "expose",
      allowed: "NodePort, LoadBalancer, ClusterIP; or Gateway with gateway.name",
      fix,
    });
  }
  if (expose !== undefined && expose !== "Gateway" && gateway !== undefined) {
    found.push({ key: "gateway", allowed: "nothing, unless expose is Gateway", fix: "set expose Gateway" });
  }
  if (expose !== undefined && expose !== "NodePort" && isSet("nodePort")) {
    found.push({ key: "nodePort", allowed: `nothing, since expose is ${expose}`, fix: "rm nodePort" });
  }
  return found;
};

/** In characters. If a Deployment's name is longer, Kubernetes shortens it in the names of its pods. */
const MAX_DEPLOYMENT_NAME = 46;

const shortTrackNames: Rule = ({ tracks = {}, name = "" }) =>
  Object.entries(tracks)
    .filter(([track]) => track !== STABLE && `${name}-${track}`.length > MAX_DEPLOYMENT_NAME)
    .map(([track, value]) => {
      const allowed = `a track name of at most ${MAX_DEPLOYMENT_NAME - name.length - 1} characters: the Deployment's name is ${name}-TRACK`;
      return { key: "tracks", part: { path: [track], value }, allowed, fix: `rm --path tracks.${track}` };
    });

const trackLimits: Rule = ({ tracks = {}, resources }) =>
  Object.entries(tracks).flatMap(([track, settings]) => {
    if (resources === undefined || settings.resources === undefined) return [];
    return badLimits(resourcesOf(resources, settings)).map(({ name, limit, allowed }) => {
      const path = [track, "resources", "limits", name];
      const fix = `set --path tracks.${track}.resources.limits.${name} MORE`;
      return { key: "tracks", part: { path, value: limit }, allowed, fix };
    });
  });

/** Rules across keys. */
export const rules: readonly Rule[] = [
  differentPorts,
  metricsToScrape,
  policyForEgress,
  storageToUse,
  timeToStart,
  oneProbe("health"),
  oneProbe("ready"),
  rootOnlyInDefault,
  oneWayToScale,
  oneWayToScaleTracks,
  stableOnce,
  reachableTarget,
  exposed,
  shortTrackNames,
  trackLimits,
];

/** The deadline of a rollout, in seconds: its pods have the time to start, and 15 s to be scheduled and probed. */
export function deadlineFor(startSeconds: number): number {
  return startSeconds + 15;
}
