import fc from "fast-check";
import { type Key, keys as schema } from "../../infra/config/schema";

/** Every key of a stack's config. */
export const keys = Object.keys(schema) as Key[];

const whole = (min: number, max: number) => fc.integer({ min, max }).map(String);
const from = (chars: string, maxLength: number, minLength = 0) =>
  fc.array(fc.constantFrom(...chars), { minLength, maxLength }).map((all) => all.join(""));
/** Any code point except surrogates. fast-check's "binary" first makes a table of all of them. */
const character = fc
  .integer({ min: 0, max: 0x10ffff })
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code));
const anyText = fc.string({ unit: character, maxLength: 80 });

/** Near Kubernetes' limits: names that are just too long, dots and dashes at the ends. */
const nearName = from("aZ09-_./", 66);
const nearLabel = fc.oneof(
  nearName,
  from("a0-", 65, 60),
  fc.constantFrom("kubernetes.io/a", "k8s.io/a", "a/b/c"),
);
const nearEnvName = fc.oneof(
  nearName,
  fc.constantFrom(".", "..", "..a", "__proto__", "A=B", "constructor", "PORT"),
);
const digits = fc.oneof(
  from("0123456789.", 25, 1),
  fc.constantFrom("0", "1", "100", "0.3", "0.30000000000000001"),
);
const suffix = fc.oneof(
  fc.constantFrom(
    "",
    "n",
    "u",
    "m",
    "k",
    "K",
    "Ki",
    "M",
    "Mi",
    "G",
    "Gi",
    "T",
    "Ti",
    "P",
    "Pi",
    "E",
    "Ei",
    "i",
    "B",
  ),
  fc
    .tuple(fc.constantFrom("e", "E", "e+", "e-"), fc.oneof(fc.nat(25), fc.nat(400), fc.nat()))
    .map((parts) => parts.join("")),
);
const quantity = fc.oneof(
  fc.tuple(digits, suffix).map((parts) => parts.join("")),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const pair = fc.record({ cpu: quantity, memory: quantity }, { requiredKeys: [] });
const path = fc.oneof(
  // The characters of a URL's path: https://www.rfc-editor.org/rfc/rfc3986#section-3.3
  fc.array(fc.constantFrom(..."aZ09/-._~!$&'()*+,;=:@", "%20", "%C3%A9")).map((all) => `/${all.join("")}`),
  anyText.map((rest) => `/${rest}`),
  from("/a.%?#&=;~ \t\u00a0", 20).map((rest) => `/${rest}`),
);
const json = (value: fc.Arbitrary<unknown>) => value.map((it) => JSON.stringify(it));
/** `__proto__` may be among the keys. An assignment would lose it. */
const entries = (key: fc.Arbitrary<string>, value: fc.Arbitrary<unknown>) =>
  json(fc.dictionary(key, value, { maxKeys: 4, noNullPrototype: true }));
const flag = fc.constantFrom("true", "false");
const tag = from("0123456789abcdef", 12, 12);

/** Text as it is typed, and what YAML makes of it. */
const scalar = fc.oneof(anyText, fc.integer(), fc.double(), fc.boolean(), fc.constant(null));
const words = fc.array(fc.oneof(anyText, fc.constantFrom("$(PORT)", "$$", "a$"), scalar), { maxLength: 4 });
const probe = json(
  fc.oneof(
    fc.record({ tcp: fc.integer({ min: -1, max: 65_536 }) }),
    fc.record({ command: words }),
    fc.record({ tcp: fc.constantFrom(1, 65_535), command: words }, { requiredKeys: [] }),
  ),
);
const cidr = fc
  .tuple(fc.oneof(fc.ipV4Extended(), fc.ipV4(), fc.ipV6()), fc.integer({ min: 0, max: 129 }))
  .map((parts) => parts.join("/"));
const folder = fc.oneof(
  from("/a.:", 10).map((rest) => `/${rest}`),
  fc.constantFrom("/tmp", "/var/cache", "/proc/1", "/dev", "/devices", "/..", "var"),
);

const somePort = fc.oneof(fc.integer({ min: 0, max: 65_536 }), fc.constant("53"));
const destination = fc.oneof(
  fc.record({ cidr: fc.oneof(cidr, anyText), port: somePort }, { requiredKeys: ["cidr"] }),
  fc.record(
    {
      namespace: from("a0-", 64, 1),
      labels: fc.dictionary(nearLabel, nearName, { maxKeys: 2 }),
      port: somePort,
    },
    { requiredKeys: ["namespace"] },
  ),
);

const few = { maxKeys: 3, noNullPrototype: true } as const;
const track = fc.record(
  {
    replicas: fc.oneof(fc.integer({ min: -1, max: 501 }), whole(-1, 501)),
    release: fc.oneof(tag, fc.integer()),
    env: fc.dictionary(nearEnvName, scalar, few),
    resources: fc.record({ requests: pair, limits: pair }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

const toleration = fc.record(
  {
    key: nearLabel,
    operator: fc.constantFrom("Exists", "Equal", "Equals"),
    value: fc.oneof(nearName, scalar, fc.constant("")),
    effect: fc.constantFrom("NoSchedule", "PreferNoSchedule", "NoExecute", ""),
    tolerationSeconds: fc.oneof(whole(-1, 10), fc.nat()),
  },
  { requiredKeys: [] },
);

/** For each key, values that are valid or nearly valid. If a key is missing here, the compiler reports it. */
export const plausible: Readonly<Record<Key, fc.Arbitrary<string>>> = {
  name: from("a0-", 41, 1),
  replicas: whole(-1, 501),
  autoscale: json(
    fc.record(
      {
        min: fc.integer({ min: 0, max: 501 }),
        max: fc.integer({ min: 0, max: 501 }),
        cpuPercent: whole(0, 1001),
      },
      { requiredKeys: ["max"] },
    ),
  ),
  tracks: json(fc.dictionary(fc.oneof(from("a0", 5, 1), nearLabel, fc.constant("stable")), track, few)),
  labels: entries(nearLabel, fc.oneof(nearName, scalar, fc.dictionary(nearName, nearName, { maxKeys: 2 }))),
  expose: fc.constantFrom("NodePort", "LoadBalancer", "Gateway", "ClusterIP"),
  gateway: json(
    fc.record(
      {
        name: fc.oneof(nearName, fc.constantFrom("public", "infra/public")),
        host: fc.oneof(nearName, fc.constantFrom("shop.example.com", "*.example.com")),
      },
      { requiredKeys: ["name"] },
    ),
  ),
  nodePort: whole(29_999, 32_768),
  registry: fc.oneof(
    from("abc0123456789.:/-", 40, 1),
    fc.constantFrom("ghcr.io/me", "localhost:5000", "10.0.0.1:5000/a/b"),
  ),
  namespace: fc.oneof(from("a0-", 64, 1), fc.constantFrom("kube-system", "default", "kube-a")),
  context: anyText,
  resources: json(fc.record({ requests: pair, limits: pair }, { requiredKeys: [] })),
  nodeSelector: entries(nearLabel, fc.oneof(nearName, scalar)),
  tolerations: json(fc.array(toleration, { maxLength: 3 })),
  priorityClassName: fc.oneof(from("a0-.", 40, 1), from("a0.", 255, 250)),
  storageClass: fc.oneof(from("a0-.", 40, 1), from("a0.", 255, 250)),
  service: anyText,
  build: json(
    fc.record(
      { dockerfile: anyText, context: anyText, target: anyText, args: fc.dictionary(nearName, anyText) },
      { requiredKeys: [] },
    ),
  ),
  bundle: flag,
  port: whole(0, 65_536),
  healthPath: path,
  readyPath: path,
  health: probe,
  ready: probe,
  startSeconds: whole(0, 3001),
  metricsPort: whole(0, 65_536),
  podMonitor: flag,
  networkPolicy: flag,
  egress: json(fc.array(destination, { maxLength: 3 })),
  progressDeadlineSeconds: whole(0, 3601),
  autoRollback: flag,
  rolledBack: json(fc.record({ from: tag, to: tag })),
  env: entries(nearEnvName, scalar),
  command: json(words),
  args: json(words),
  user: fc.oneof(whole(0, 2 ** 31), fc.constantFrom("0", "1000")),
  writable: entries(folder, quantity),
};

/** Anything that a file may contain: any text, numbers out of range, deep or broken JSON. */
export const wild = fc.oneof(
  anyText,
  fc.bigInt().map(String),
  fc.double().map(String),
  fc.json({ maxDepth: 6, stringUnit: character }),
  fc.json({ stringUnit: character }).map((text) => text.slice(0, -1)),
  fc.string({ unit: character, minLength: 50, maxLength: 100 }).map((part) => part.repeat(100)),
  fc.constantFrom(
    "",
    " ",
    "null",
    "[]",
    "{}",
    '{"__proto__":{"cpu":1}}',
    '{"constructor":1}',
    "[".repeat(50_000),
    "\u0000",
    "\u001b[2J",
  ),
);

/** A whole config, with known keys and others. */
export function config(values: fc.Arbitrary<string> | undefined, others: boolean) {
  const known = fc.record(Object.fromEntries(keys.map((key) => [key, values ?? plausible[key]])), {
    requiredKeys: [],
  });
  const unknown = fc.dictionary(
    fc.oneof(anyText, fc.constantFrom("__proto__", "constructor", "replica", "resources.limits", "toString")),
    fc.oneof(wild, anyText),
    { maxKeys: others ? 3 : 0, noNullPrototype: true },
  );
  return fc
    .tuple(known, unknown)
    .map(
      ([a, b]) => Object.fromEntries([...Object.entries(b), ...Object.entries(a)]) as Record<string, string>,
    );
}
