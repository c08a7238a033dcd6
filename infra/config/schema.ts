import * as z from "zod";
import { NODE_PORTS } from "../../common/node-ports";
import { isDnsLabel, isEnvName, isLabelKey, isLabelValue, parseQuantity } from "./grammar";
import { shownValue } from "./shown";
import { selectorLabels } from "../workload/labels";
import { TAG } from "../../cluster/releases/kept";
import { reservedNames } from "../workload/pod-env";

const MAX_REPLICAS = 500;
/** Seconds: longer than that nobody watches a rollout that isn't moving. */
const MAX_PROGRESS_DEADLINE = 3600;

const path = text(
  (value) => /^\/\S*$/.test(value),
  "a path that starts with / and has no spaces, such as /healthcheck",
);

const flag = z.enum(["true", "false"], "true or false").transform((value) => value === "true");

const labels = entries((key, value) => {
  if (Object.hasOwn(selectorLabels, key)) return "any other label: name and release are what finds the pods";
  if (!isLabelKey(key)) return "a key as in Kubernetes: [prefix/]name of letters, digits, - _ . (63 at most)";
  if (typeof value !== "string") return inQuotes(value);
  return isLabelValue(value)
    ? undefined
    : "at most 63 letters, digits, - _ . that begin and end with a letter or digit";
});

const env = entries((name, value) => {
  if (name === "__proto__") return "any other name: JavaScript takes this one for something else";
  if (reservedNames.has(name)) return "any other variable: this one is set by the stack";
  if (!isEnvName(name)) return "a name of letters, digits, - _ . that doesn't begin with a digit";
  if (typeof value !== "string") return inQuotes(value);
  return value.includes("\0") ? "text without NUL characters: no variable can hold them" : undefined;
});

/** Quantities are often whole numbers, which YAML has a type for. */
const quantity = z
  .union([z.string(), z.number()], "a quantity such as 100m or 100Mi")
  .transform(String)
  .refine((value) => parseQuantity(value) !== undefined, "a quantity such as 100m or 100Mi");

const resources = z
  .strictObject(
    {
      // What a small Node.js service needs, and what one that goes wrong may take from its neighbours.
      requests: z
        .strictObject({ cpu: quantity.default("100m"), memory: quantity.default("100Mi") })
        .prefault({}),
      limits: z.strictObject({ cpu: quantity.default("1"), memory: quantity.default("256Mi") }).prefault({}),
    },
    { error: (issue) => (issue.code === "invalid_type" ? "an object with requests and limits" : undefined) },
  )
  .superRefine(({ requests, limits }, context) => {
    for (const name of ["cpu", "memory"] as const) {
      const [request, limit] = [requests[name], limits[name]];
      const [least, most] = [parseQuantity(request), parseQuantity(limit)];
      if (least === undefined || most === undefined) continue; // which is said already
      if (least <= most && most > 0n) continue;
      context.addIssue({
        code: "custom",
        path: ["limits", name],
        input: limit,
        message:
          most === 0n
            ? "more than 0, which for Kubernetes is no limit at all"
            : `at least as much as resources.requests.${name}, which is ${request}`,
      });
    }
  });

const tag = z
  .string("a release's tag, as npm run releases shows it")
  .regex(TAG, "a release's tag, as npm run releases shows it");

const rolledBack = z.strictObject(
  { from: tag, to: tag },
  {
    error: (issue) =>
      issue.code === "invalid_type" ? "what npm run rollback writes: from and to" : undefined,
  },
);

/** Every key of a stack's config, with its default. They are documented at the type that is made of them. */
const keys = z.strictObject({
  replicas: wholeNumber(0, MAX_REPLICAS).default(2),
  labels: json(labels).default({}),
  nodePort: wholeNumber(NODE_PORTS.first, NODE_PORTS.last).default(30_080),
  namespace: text(isDnsLabel, "at most 63 small letters, digits and -, such as team-a").default("default"),
  context: text((value) => value !== "", "the name of a kube context, such as minikube").default("minikube"),
  resources: json(resources).prefault("{}"),
  service: text((value) => value !== "", "a folder with a Dockerfile, relative to Pulumi.yaml").default(
    "service",
  ),
  port: wholeNumber(1, 65_535).default(3000),
  healthPath: path.default("/healthcheck"),
  readyPath: path.default("/readyz"),
  metricsPort: wholeNumber(0, 65_535).default(9464),
  podMonitor: flag.default(false),
  networkPolicy: flag.default(true),
  progressDeadlineSeconds: wholeNumber(1, MAX_PROGRESS_DEADLINE).default(60),
  autoRollback: flag.default(true),
  rolledBack: json(rolledBack).optional(),
  env: json(env).default({}),
});

/** What several keys are once each of them is good by itself: also where another one is bad, to see all at once. */
const ports = z.object({ port: z.number(), metricsPort: z.number() });
const monitor = z.object({ podMonitor: z.boolean(), metricsPort: z.number() });

export const schema = keys
  .refine(({ port, metricsPort }) => port !== metricsPort, {
    path: ["metricsPort"],
    error: "another port than the service's own, or 0 for a service without metrics",
    when: ({ value }) => ports.safeParse(value).success,
  })
  .refine(({ podMonitor, metricsPort }) => !podMonitor || metricsPort !== 0, {
    path: ["podMonitor"],
    error: "false, or a metricsPort other than 0: without one there is nothing to scrape",
    when: ({ value }) => monitor.safeParse(value).success,
  });

/** For each key, what `pulumi config set` takes: the way out of a value that is wrong. */
export const examples: Readonly<Record<keyof typeof schema.shape, string>> = {
  replicas: "replicas 2",
  labels: "--path labels.tier backend",
  nodePort: "nodePort 30080",
  namespace: "namespace default",
  context: "context minikube",
  resources: "--path resources.limits.memory 256Mi",
  service: "service service",
  port: "port 3000",
  healthPath: "healthPath /healthcheck",
  readyPath: "readyPath /readyz",
  metricsPort: "metricsPort 9465",
  podMonitor: "podMonitor false",
  networkPolicy: "networkPolicy true",
  progressDeadlineSeconds: "progressDeadlineSeconds 60",
  autoRollback: "autoRollback true",
  rolledBack: 'rolledBack \'{"from":"TAG","to":"TAG"}\'',
  env: "--path env.NAME VALUE",
};

function text(allowed: (value: string) => boolean, message: string) {
  return z.string().refine(allowed, message);
}

/** Digits only: Number() alone would also take "1e1", "0x10" and " 5 ". */
function wholeNumber(min: number, max: number) {
  const message = `a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d+$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message));
}

/** Pulumi hands everything that isn't plain text over as JSON. */
function json<T extends z.ZodType>(value: T) {
  const parsed = z.string().transform((content, context): unknown => {
    try {
      return JSON.parse(content);
    } catch {
      context.addIssue({ code: "custom", message: "keys and values, in YAML or JSON" });
      return z.NEVER;
    }
  });
  return parsed.pipe(value);
}

/** Keys and text, where a function says for each pair what is allowed instead. */
function entries(allowed: (key: string, value: unknown) => string | undefined) {
  // Not z.record(), which leaves a key out without a word: __proto__.
  const pairs = z.custom<Record<string, unknown>>(isObject, "keys and values, in YAML or JSON");
  return pairs.transform((given, context): Record<string, string> => {
    for (const [key, value] of Object.entries(given)) {
      const message = allowed(key, value);
      if (message !== undefined) context.addIssue({ code: "custom", path: [key], input: value, message });
    }
    return given as Record<string, string>;
  });
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** YAML takes 1 and true for what they look like. */
function inQuotes(value: unknown): string {
  return isObject(value) || Array.isArray(value) ? "text" : `text, in quotes: "${shownValue(value)}"`;
}
