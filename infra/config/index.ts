import type * as z from "zod";
import { type Problem, UserError } from "../../common/problem";
import { documentationOf, type Key, schema } from "./schema";
import { nearest } from "../../common/nearest";
import { shown, shownValue } from "./shown";

/** What a stack should be, complete and checked. schema.ts says what each key is, and so does docs/config.md. */
export type Config = Readonly<z.infer<typeof schema>>;

/** Stack config as Pulumi has it: `<project>:<key>` to text, which is JSON for everything with keys of its own. */
export type RawConfig = Readonly<Record<string, string>>;

/**
 * Makes a typed value of a stack's config. Keys of other projects, such as a provider's, are left alone.
 *
 * @throws {UserError} with every problem that there is
 */
export function parseConfig(raw: RawConfig, project: string): Config {
  const own = Object.entries(raw).filter(([key]) => key.startsWith(`${project}:`));
  const given = Object.fromEntries(own.map(([key, value]) => [key.slice(project.length + 1), value]));
  const { data, error } = schema.safeParse(given, { reportInput: true });
  if (error) throw new UserError(...error.issues.flatMap((issue) => problems(issue, given)));
  return data;
}

function problems(issue: z.core.$ZodIssue, given: Readonly<Record<string, string>>): Problem[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(issue, key));
  return [badValue(issue, given)];
}

/** The issue's message is the list of the keys that there are. */
function unknownKey({ path, message }: z.core.$ZodIssue, key: string): Problem {
  const name = shown([...path.map(String), key].join("."));
  const guess = nearest(key, message.split(", "));
  return {
    what: `${name} is not a key that this stack knows${guess === undefined ? "" : `. Did you mean ${guess}?`}`,
    where: "stack config",
    allowed: message,
    todo: `npx pulumi config rm --path ${quote(name)}`,
  };
}

function badValue(issue: z.core.$ZodIssue, given: Readonly<Record<string, string>>): Problem {
  const [top = ""] = issue.path.map(String);
  return {
    what: `${shown(issue.path.map(String).join("."))} is ${valueOf(issue, given)}.`,
    where: `stack config, key ${top}`,
    allowed: issue.message,
    todo: `npx pulumi config set ${documentationOf(top as Key).example}`,
  };
}

/** The value that is wrong. A default is wrong only beside another key, and then the input is all of them. */
function valueOf({ path, input }: z.core.$ZodIssue, given: Readonly<Record<string, string>>): string {
  const [top = ""] = path.map(String);
  if (path.length > 1) return shownValue(input);
  if (Object.hasOwn(given, top)) return `"${shown(given[top] ?? "")}"`;
  return `${String((input as Record<string, unknown>)[top])}, as it is by default`;
}

/** As a shell takes it for one word. */
function quote(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}
