import type { Keys } from "./schema";
import type { Resources, TrackValue } from "./values";

/** The track that every stack has: its Deployment has the service's name. */
export const STABLE = "stable";

/** A track as config describes it, complete: pods that run one release and are scaled together. */
export interface TrackConfig {
  /** The value of the label `release`, such as `stable`. */
  readonly name: string;
  /** The number of pods; with an autoscaler, the smallest number. */
  readonly replicas: number;
  /** The autoscaler's range and target, if there is one. */
  readonly autoscale: Keys["autoscale"];
  /** The arguments of `npx pulumi config set` that limit the number of pods, up to the number itself. */
  readonly limitKey: string;
  /** The tag of the release to which config pins it; undefined if it runs the code's release. */
  readonly release: string | undefined;
  /** The track's own environment variables. They are added to the stack's. */
  readonly env: Readonly<Record<string, string>>;
  /** The stack's resources, unless the track has its own. */
  readonly resources: Resources;
  /** The config path at which they are changed: the track's own, if it has one. */
  readonly resourcesKey: string;
}

/** The tracks that config describes, `stable` first, which is always there. */
export function tracksOf(
  keys: Pick<Keys, "replicas" | "autoscale" | "tracks" | "resources">,
): [TrackConfig, ...TrackConfig[]] {
  const { [STABLE]: stable = {}, ...others } = keys.tracks;
  const complete = (name: string, value: TrackValue): TrackConfig => ({
    name,
    ...scaleOf(name, value, keys),
    release: value.release,
    env: value.env ?? {},
    resources: resourcesOf(keys.resources, value),
    resourcesKey: value.resources === undefined ? "resources" : `tracks.${name}.resources`,
  });
  return [complete(STABLE, stable), ...Object.entries(others).map(([name, value]) => complete(name, value))];
}

/** A track's own replicas or autoscaler. `stable` has the stack's if it has none of its own. */
function scaleOf(name: string, value: TrackValue, stack: Pick<Keys, "replicas" | "autoscale">) {
  const isOwn = name !== STABLE || value.replicas !== undefined || value.autoscale !== undefined;
  const { replicas = 1, autoscale } = isOwn ? value : stack;
  const prefix = isOwn ? `tracks.${name}.` : "";
  if (autoscale !== undefined) {
    return { replicas: autoscale.min, autoscale, limitKey: `--path ${prefix}autoscale.max` };
  }
  return { replicas, autoscale, limitKey: isOwn ? `--path ${prefix}replicas` : "replicas" };
}

/** The stack's resources, each replaced by the track's own if it has one. */
export function resourcesOf(stack: Resources, { resources = {} }: TrackValue): Resources {
  return {
    requests: { ...stack.requests, ...resources.requests },
    limits: { ...stack.limits, ...resources.limits },
  };
}
