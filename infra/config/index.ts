import type * as z from "zod";
import { type Problem, UserError } from "../../common/problem";
import { badValue, conflicting, type Given, notSecret, unknownKey } from "./problems";
import { deadlineFor, rules } from "./rules";
import { documentationOf, type Key, keys, type Keys } from "./schema";
import { type TrackConfig, tracksOf } from "./tracks";
import type { probe } from "./values";

export { STABLE, type TrackConfig } from "./tracks";

/** How the kubelet checks a container: by an HTTP path, a TCP port, or a command. */
export type Probe = { readonly http: string } | Readonly<z.infer<typeof probe>>;

/** The range from which an autoscaler chooses the number of pods, and its target CPU use. */
export type Autoscale = NonNullable<Keys["autoscale"]>;

/** The Gateway that leads to a service, and the host that it leads there. */
export type Gateway = NonNullable<Keys["gateway"]>;

/** A stack's config, complete and checked. docs/config.md describes each key. */
export interface Config extends Omit<
  Keys,
  "health" | "healthPath" | "ready" | "readyPath" | "replicas" | "tracks"
> {
  /** `stable` comes first. It is always there. */
  readonly tracks: readonly [TrackConfig, ...TrackConfig[]];
  /** The probe that passes as long as the container needs no restart. */
  readonly health: Probe;
  /** The probe that passes while the container wants requests. */
  readonly ready: Probe;
  /** All variables, if one of them was set with --secret. Then `env` is empty. */
  readonly secretEnv: Readonly<Record<string, string>>;
}

/** A stack's config as Pulumi has it. */
interface RawConfig {
  readonly project: string;
  /** `<project>:<key>` to text. Objects and lists are JSON. */
  readonly values: Readonly<Record<string, string>>;
  /** The `<project>:<key>` of each value that was set with --secret, or that has a part that was. */
  readonly secretKeys: ReadonlySet<string>;
}

/**
 * Parses and checks a stack's config. Keys of other projects, such as a provider's, are ignored. No message contains a
 * secret value.
 *
 * @throws {UserError} with all problems
 */
export function parseConfig({ project, values, secretKeys }: RawConfig): Config {
  const prefix = `${project}:`;
  const own = Object.entries(values).filter(([key]) => key.startsWith(prefix));
  const given: Given = {
    values: Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value])),
    isSet: (key) => Object.hasOwn(values, `${prefix}${key}`),
    isSecret: (key) => secretKeys.has(`${prefix}${key}`),
  };
  const { valid, problems } = readKeys(given);
  const conflicts = rules.flatMap((rule) => rule(valid, given.isSet) ?? []);
  problems.push(...conflicts.map((conflict) => conflicting(conflict, valid, given)));
  if (problems.length > 0) throw new UserError(...problems);
  return complete(valid as Keys, given);
}

/** Checks each key by itself. @returns the valid values, and the problems of the others */
function readKeys(given: Given): { valid: Partial<Keys>; problems: Problem[] } {
  const names = Object.keys(given.values);
  const problems = names
    .filter((name) => !Object.hasOwn(keys, name))
    .map((name) => unknownKey([name], Object.keys(keys)));
  const valid: Record<string, unknown> = {};
  for (const key of Object.keys(keys) as Key[]) {
    if (given.isSecret(key) && documentationOf(key).mayBeSecret === undefined) {
      problems.push(notSecret(key));
      continue;
    }
    const { data, error } = keys[key].safeParse(given.values[key], { reportInput: true });
    if (error) problems.push(...error.issues.flatMap((issue) => badValue(key, issue, given)));
    else if (data !== undefined) valid[key] = data;
  }
  return { valid, problems };
}

/** Fills in the values that depend on several keys. */
function complete(keys: Keys, { isSet, isSecret }: Given): Config {
  const { health, healthPath, ready, readyPath, startSeconds, progressDeadlineSeconds, ...more } = keys;
  const { env, replicas, tracks, ...others } = more;
  const isTooShort = startSeconds > progressDeadlineSeconds && !isSet("progressDeadlineSeconds");
  return {
    ...others,
    health: health ?? { http: healthPath },
    ready: ready ?? (isSet("readyPath") ? undefined : health) ?? { http: readyPath },
    startSeconds,
    progressDeadlineSeconds: isTooShort ? deadlineFor(startSeconds) : progressDeadlineSeconds,
    ...(isSecret("env") ? { env: {}, secretEnv: env } : { env, secretEnv: {} }),
    tracks: tracksOf({ ...others, replicas, tracks }),
  };
}
