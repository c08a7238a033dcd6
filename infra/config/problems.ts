import type * as z from "zod";
import { nearest } from "../../common/nearest";
import type { Problem } from "../../common/problem";
import type { Conflict } from "./rules";
import { documentationOf, type Key, type Keys } from "./schema";
import { shellWord, shown, shownPath, shownValue } from "./shown";

/** The stack's config as it was set. */
export interface Given {
  readonly values: Readonly<Record<string, string>>;
  readonly isSet: (key: Key) => boolean;
  readonly isSecret: (key: Key) => boolean;
}

export function unknownKey(path: readonly PropertyKey[], known: readonly string[]): Problem {
  const guess = nearest(String(path.at(-1)), known);
  return {
    what: `${shown(path.join("."))} is not a key that this stack knows${guess === undefined ? "" : `. Did you mean ${guess}?`}`,
    where: "stack config",
    allowed: known.join(", "),
    todo: `npx pulumi config rm --path ${shownPath(...path)}`,
  };
}

/** A secret in a key whose value can be read by others. */
export function notSecret(key: Key): Problem {
  return {
    what: `${key} was set with --secret, but can be read in the cluster or in the image.`,
    where: `stack config, key ${key}`,
    allowed: "a value in plain text; of all keys, env alone can be kept secret",
    todo: `npx pulumi config rm ${key}, and set it without --secret; a container gets a secret by npx pulumi config set --secret --path env.NAME VALUE`,
  };
}

/** A value that is invalid by itself. */
export function badValue(key: Key, issue: z.core.$ZodIssue, { values, isSecret }: Given): Problem[] {
  const path = [key, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    const known = issue.message.split(", "); // see object() in values.ts
    return issue.keys.map((name) => unknownKey([...path, name], known));
  }
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

/** A hint with more commands than this would be unreadable. */
const MAX_COMMANDS = 3;

/** The commands that fix names with dots, which `--path` has taken for paths. Undefined if the problem is another one. */
function withDots(path: readonly PropertyKey[], issue: z.core.$ZodIssue, secret: boolean) {
  const params = issue.code === "custom" ? issue.params : undefined;
  const meant = (params?.["meant"] ?? []) as [name: string, text: string][];
  if (meant.length === 0 || meant.length > MAX_COMMANDS) return undefined;
  const set = secret ? "set --secret --path" : "set --path";
  const commands = meant.map(
    ([full, text]) =>
      `npx pulumi config ${set} ${shownPath(...path.slice(0, -1), full)} ${secret ? "VALUE" : shellWord(text)}`,
  );
  return [`npx pulumi config rm --path ${shownPath(...path)}`, ...commands].join(" && ");
}

/** A value that is valid by itself, but conflicts with other keys. */
export function conflicting(
  { key, part, allowed, fix }: Conflict,
  valid: Partial<Keys>,
  { values, isSet }: Given,
): Problem {
  const whole = isSet(key)
    ? `"${shown(values[key] ?? "")}"`
    : `${shownValue(valid[key])}, which is the default`;
  return {
    what: `${[key, ...(part?.path ?? [])].join(".")} is ${part ? shownValue(part.value) : whole}.`,
    where: `stack config, key ${key}`,
    allowed,
    todo: `npx pulumi config ${fix}`,
  };
}
