import type * as z from "zod";
import { type Problem, UserError } from "../../common/problem";
import { badValue, conflicting, type Given, notSecret, unknownKey } from "./problems";
import { deadlineFor, rules } from "./rules";
import { documentationOf, type Key, keys, type Keys } from "./schema";
import { type TrackConfig, tracksOf } from "./tracks";
import type { probe } from "./values";

export { STABLE, type TrackConfig } from "./tracks";

/** How the kubelet asks a container something: an HTTP path, a TCP port, or a command. */
export type Probe = { readonly http: string } | Readonly<z.infer<typeof probe>>;

/** How many pods an autoscaler may choose, and the CPU use that it aims at. */
export type Autoscale = NonNullable<Keys["autoscale"]>;

/** What a stack should be, complete and checked. schema.ts says what each key is, and so does docs/config.md. */
export interface Config extends Omit<
  Keys,
  "health" | "healthPath" | "ready" | "readyPath" | "replicas" | "tracks"
> {
  /** `stable` first, which is always there. */
  readonly tracks: readonly [TrackConfig, ...TrackConfig[]];
  /** What the container answers as long as it needs no restart. */
  readonly health: Probe;
  /** What the container answers while it wants requests. */
  readonly ready: Probe;
  /** All of env if a part of it was set with --secret, and env is empty. */
  readonly secretEnv: Readonly<Record<string, string>>;
}

/** A stack's config as Pulumi has it. */
export interface RawConfig {
  readonly project: string;
  /** `<project>:<key>` to text, which is JSON for everything with keys of its own. */
  readonly values: Readonly<Record<string, string>>;
  /** Those that were set with --secret, or hold something that was: `<project>:<key>`. */
  readonly secretKeys: ReadonlySet<string>;
}

/**
 * Makes a typed value of a stack's config. Keys of other projects, such as a provider's, are left alone. No value of a
 * secret key is in any message.
 *
 * @throws {UserError} with every problem that there is
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

/** Reads each key by itself. @returns those that are valid, and what is wrong with the others */
function readKeys(given: Given): { valid: Partial<Keys>; problems: Problem[] } {
  const names = Object.keys(given.values);
  const problems = names.filter((name) => !isKey(name)).map((name) => unknownKey([name], Object.keys(keys)));
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

/** What depends on several keys. */
function complete(keys: Keys, { isSet, isSecret }: Given): Config {
  const { health, healthPath, ready, readyPath, startSeconds, progressDeadlineSeconds, ...more } = keys;
  const { env, replicas, tracks, ...others } = more;
  const late = startSeconds > progressDeadlineSeconds && !isSet("progressDeadlineSeconds");
  return {
    ...others,
    health: health ?? { http: healthPath },
    ready: ready ?? (isSet("readyPath") ? undefined : health) ?? { http: readyPath },
    startSeconds,
    progressDeadlineSeconds: late ? deadlineFor(startSeconds) : progressDeadlineSeconds,
    ...(isSecret("env") ? { env: {}, secretEnv: env } : { env, secretEnv: {} }),
    tracks: tracksOf({ ...others, replicas, tracks }),
  };
}

function isKey(name: string): name is Key {
  return Object.hasOwn(keys, name);
}
