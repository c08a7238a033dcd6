import type { Keys } from "./schema";
import type { Resources, TrackValue } from "./values";

/** The track that every stack has: its Deployment has the service's name. */
export const STABLE = "stable";

/** A track as config describes it, complete: pods that run one release and are scaled together. */
export interface TrackConfig {
  /** The value of the label `release`, such as `stable`. */
  readonly name: string;
  /** How many pods; the fewest, if an autoscaler chooses. */
  readonly replicas: number;
  /** What an autoscaler may choose, if there is one. */
  readonly autoscale: Keys["autoscale"];
  /** What `npx pulumi config set` is given to limit the pods, before their number. */
  readonly limitKey: string;
  /** The tag of the release that config pins it to; undefined if it runs the code's release. */
  readonly release: string | undefined;
  /** Environment variables of its own, beside the stack's. */
  readonly env: Readonly<Record<string, string>>;
  /** The stack's, with those that it has of its own. */
  readonly resources: Resources;
  /** The key of those that are easiest changed: its own, if it has any. */
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

/** A track's own replicas or autoscaler; for `stable`, those of the stack if it has none. */
function scaleOf(name: string, value: TrackValue, stack: Pick<Keys, "replicas" | "autoscale">) {
  const isOwn = name !== STABLE || value.replicas !== undefined || value.autoscale !== undefined;
  const { replicas = 1, autoscale } = isOwn ? value : stack;
  const prefix = isOwn ? `tracks.${name}.` : "";
  if (autoscale !== undefined) {
    return { replicas: autoscale.min, autoscale, limitKey: `--path ${prefix}autoscale.max` };
  }
  return { replicas, autoscale, limitKey: isOwn ? `--path ${prefix}replicas` : "replicas" };
}

/** The stack's resources, with those that a track has of its own. */
export function resourcesOf(stack: Resources, { resources = {} }: TrackValue): Resources {
  return {
    requests: { ...stack.requests, ...resources.requests },
    limits: { ...stack.limits, ...resources.limits },
  };
}
