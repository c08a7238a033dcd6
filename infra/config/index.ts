import type * as z from "zod";
import { type Problem, UserError } from "../../common/problem";
import { examples, schema } from "./schema";
import { nearest } from "../../common/nearest";
import { shown, shownValue } from "./shown";

/**
 * What a stack should be, complete and checked.
 *
 * - `replicas`: pods, from 0 to 500.
 * - `labels`: added to the default labels, or overriding them.
 * - `nodePort`: the port on the node under which the Service is reached.
 * - `namespace`: where everything is made.
 * - `context`: the kube context of the cluster.
 * - `resources`: what each pod asks for and may use, as Kubernetes quantities.
 * - `service`: the folder with what is deployed and its Dockerfile, relative to Pulumi.yaml.
 * - `port`: the TCP port that the container listens on, and the Service's.
 * - `healthPath`, `readyPath`: HTTP paths that answer 200 for a live and for a ready container.
 * - `metricsPort`: the TCP port on which the container answers `/metrics`; 0 for one that has none.
 * - `podMonitor`: whether to declare a PodMonitor, which the Prometheus operator goes by.
 * - `networkPolicy`: whether to declare a NetworkPolicy.
 * - `progressDeadlineSeconds`: without progress for that long, a rollout has failed.
 * - `autoRollback`: whether `npm run up` puts the last good release back when a rollout fails.
 * - `rolledBack`: as long as the code is release `from`, release `to` is deployed; written by `npm run rollback`.
 * - `env`: environment variables, beside those that the stack sets itself.
 */
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
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(issue.path, key));
  return [badValue(issue, given)];
}

function unknownKey(path: readonly PropertyKey[], key: string): Problem {
  const parent = path.map(String).join(".");
  const known = Object.keys(parent === "" ? schema.shape : (knownBelow[parent] ?? {}));
  const name = shown(parent === "" ? key : `${parent}.${key}`);
  const guess = nearest(key, known);
  return {
    what: `${name} is not a key that this stack knows${guess === undefined ? "" : `. Did you mean ${guess}?`}`,
    where: "stack config",
    allowed: known.join(", "),
    todo: `npx pulumi config rm --path ${quote(name)}`,
  };
}

/** The keys of the objects inside of the config whose keys are fixed. */
const knownBelow: Readonly<Record<string, object>> = {
  resources: { requests: 0, limits: 0 },
  "resources.requests": { cpu: 0, memory: 0 },
  "resources.limits": { cpu: 0, memory: 0 },
  rolledBack: { from: 0, to: 0 },
};

function badValue(issue: z.core.$ZodIssue, given: Readonly<Record<string, string>>): Problem {
  const [top = ""] = issue.path.map(String);
  return {
    what: `${shown(issue.path.map(String).join("."))} is ${valueOf(issue, given)}.`,
    where: `stack config, key ${top}`,
    allowed: issue.message,
    todo: `npx pulumi config set ${examples[top as keyof Config]}`,
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
