import type * as z from "zod";
import { nearest } from "../../common/nearest";
import { type Problem, UserError } from "../../common/problem";
import { type Conflict, deadlineFor, rules } from "./rules";
import { documentationOf, type Key, keys, type Keys } from "./schema";
import { shellWord, shown, shownPath, shownValue } from "./shown";
import type { probe } from "./values";

/** How the kubelet asks a container something: an HTTP path, a TCP port, or a command. */
export type Probe = { readonly http: string } | Readonly<z.infer<typeof probe>>;

/** What a stack should be, complete and checked. schema.ts says what each key is, and so does docs/config.md. */
export interface Config extends Omit<Keys, "health" | "healthPath" | "ready" | "readyPath"> {
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
  problems.push(...conflicts.map((conflict) => conflicting(conflict, valid, given.isSet)));
  if (problems.length > 0) throw new UserError(...problems);
  return complete(valid as Keys, given);
}

/** What was set, by key. */
interface Given {
  readonly values: Readonly<Record<string, string>>;
  readonly isSet: (key: Key) => boolean;
  readonly isSecret: (key: Key) => boolean;
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
  return { valid: valid, problems };
}

/** What depends on several keys. */
function complete(keys: Keys, { isSet, isSecret }: Given): Config {
  const { health, healthPath, ready, readyPath, startSeconds, progressDeadlineSeconds, env, ...others } =
    keys;
  const late = startSeconds > progressDeadlineSeconds && !isSet("progressDeadlineSeconds");
  return {
    ...others,
    health: health ?? { http: healthPath },
    ready: ready ?? (isSet("readyPath") ? undefined : health) ?? { http: readyPath },
    startSeconds,
    progressDeadlineSeconds: late ? deadlineFor(startSeconds) : progressDeadlineSeconds,
    ...(isSecret("env") ? { env: {}, secretEnv: env } : { env, secretEnv: {} }),
  };
}

function isKey(name: string): name is Key {
  return Object.hasOwn(keys, name);
}

function unknownKey(path: readonly string[], known: readonly string[]): Problem {
  const guess = nearest(path.at(-1) ?? "", known);
  return {
    what: `${shown(path.join("."))} is not a key that this stack knows${guess === undefined ? "" : `. Did you mean ${guess}?`}`,
    where: "stack config",
    allowed: known.join(", "),
    todo: `npx pulumi config rm --path ${shownPath(...path)}`,
  };
}

function notSecret(key: Key): Problem {
  return {
    what: `${key} was set with --secret, but can be read in the cluster or in the image.`,
    where: `stack config, key ${key}`,
    allowed: "a value in plain text; of all keys, env alone can be kept secret",
    todo: `npx pulumi config rm ${key}, and set it without --secret; a container gets a secret by npx pulumi config set --secret --path env.NAME VALUE`,
  };
}

function badValue(key: Key, issue: z.core.$ZodIssue, { values, isSecret }: Given): Problem[] {
  const path = [key, ...issue.path.map(String)];
  // The message is the list of the keys that there are.
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((name) => unknownKey([...path, name], issue.message.split(", ")));
  const value = path.length === 1 ? `"${shown(values[key] ?? "")}"` : shownValue(issue.input);
  return [
    {
      what: `${shown(path.join("."))} is ${isSecret(key) ? "a secret value that isn't allowed" : value}.`,
      where: `stack config, key ${key}`,
      allowed: issue.message,
      todo: withDots(path, issue, isSecret(key)) ?? `npx pulumi config set ${documentationOf(key).example}`,
    },
  ];
}

/** So many commands fit into a hint. */
const MOST_COMMANDS = 3;

/** What puts names with dots right, each of which `--path` took for a path. Undefined if that isn't what is wrong. */
function withDots([top = "", name = ""]: readonly string[], issue: z.core.$ZodIssue, secret: boolean) {
  const meant = ((issue.code === "custom" && issue.params?.["meant"]) || []) as [
    name: string,
    text: string,
  ][];
  if (meant.length === 0 || meant.length > MOST_COMMANDS) return undefined;
  const set = secret ? "set --secret --path" : "set --path";
  const commands = meant.map(
    ([full, text]) =>
      `npx pulumi config ${set} ${shownPath(top, full)} ${secret ? "VALUE" : shellWord(text)}`,
  );
  return [`npx pulumi config rm --path ${shownPath(top, name)}`, ...commands].join(" && ");
}

function conflicting(
  { key, allowed, fix }: Conflict,
  valid: Partial<Keys>,
  isSet: (key: Key) => boolean,
): Problem {
  const value = valid[key];
  const text = typeof value === "string" ? shown(value) : shownValue(value);
  return {
    what: `${key} is ${isSet(key) ? `"${text}"` : `${text}, as it is by default`}.`,
    where: `stack config, key ${key}`,
    allowed,
    todo: `npx pulumi config ${fix}`,
  };
}
