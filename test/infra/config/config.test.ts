import assert from "node:assert/strict";
import { type Problem, UserError } from "../../../common/problem";
import { parseConfig } from "../../../infra/config";
import { configOf } from "../../support/config";

/** Parses values as Pulumi passes them: everything except text is JSON. */
function parse(values: Record<string, unknown>, secret: readonly string[] = []) {
  const given = Object.entries(values).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return configOf(Object.fromEntries(given) as Record<string, string>, secret);
}

function problemsOf(values: Record<string, unknown>, secret: readonly string[] = []) {
  try {
    parse(values, secret);
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return error.problems;
  }
  return assert.fail("it was accepted");
}

/** The only problem of these values. */
function problemOf(values: Record<string, unknown>, secret: readonly string[] = []): Problem {
  const [problem, ...more] = problemsOf(values, secret);
  assert.deepEqual(more, []);
  return problem!;
}

/** The track of an empty config. */
const stable = {
  name: "stable",
  replicas: 2,
  autoscale: undefined,
  limitKey: "replicas",
  release: undefined,
  env: {},
  resources: { requests: { cpu: "100m", memory: "100Mi" }, limits: { cpu: "1", memory: "256Mi" } },
  resourcesKey: "resources",
};

describe("stack config", () => {
  it("has a default for every key", () => {
    assert.deepEqual(parse({}), {
      name: "api",
      labels: {},
      expose: "NodePort",
      namespace: "default",
      context: "minikube",
      resources: { requests: { cpu: "100m", memory: "100Mi" }, limits: { cpu: "1", memory: "256Mi" } },
      service: "service",
      port: 3000,
      health: { http: "/healthcheck" },
      ready: { http: "/readyz" },
      startSeconds: 60,
      metricsPort: 9464,
      podMonitor: false,
      networkPolicy: true,
      progressDeadlineSeconds: 60,
      autoRollback: true,
      build: { args: {}, context: ".", dockerfile: "Dockerfile" },
      env: {},
      secretEnv: {},
      user: 65532,
      writable: { "/tmp": "64Mi" },
      tracks: [stable],
    });
  });

  const good: [key: string, value: unknown, expected?: unknown][] = [
    ["autoscale", { max: 10 }, { min: 2, max: 10, cpuPercent: 70 }],
    ["autoscale", { min: 1, max: "1", cpuPercent: 1000 }, { min: 1, max: 1, cpuPercent: 1000 }],
    ["labels", { tier: "frontend", "example.com/team": "a", empty: "" }],
    [
      "nodeSelector",
      { "kubernetes.io/arch": "amd64", ssd: true },
      { "kubernetes.io/arch": "amd64", ssd: "true" },
    ],
    [
      "tolerations",
      [{ operator: "Exists" }, { key: "dedicated", value: 7 }],
      [{ operator: "Exists" }, { key: "dedicated", value: "7" }],
    ],
    [
      "tolerations",
      [{ key: "a/b", operator: "Exists", effect: "NoExecute", tolerationSeconds: "60" }],
      [{ key: "a/b", operator: "Exists", effect: "NoExecute", tolerationSeconds: 60 }],
    ],
    ["priorityClassName", "system-cluster-critical"],
    ["nodePort", "32767", 32767],
    ["name", "shop-2"],
    ["name", "a".repeat(40)],
    ["namespace", "team-a"],
    ["context", "kind_x@y"],
    ["port", "1", 1],
    ["service", "../elsewhere"],
    ["metricsPort", "0", 0],
    ["podMonitor", "true", true],
    ["networkPolicy", "false", false],
    ["egress", [], []],
    ["egress", [{ cidr: "10.0.0.7/32", port: "5432" }], [{ cidr: "10.0.0.7/32", port: 5432 }]],
    ["egress", [{ namespace: "db", labels: { name: "pg" } }], [{ namespace: "db", labels: { name: "pg" } }]],
    ["progressDeadlineSeconds", "10", 10],
    ["autoRollback", "false", false],
    ["env", { GREETING: "hello", "a.b-c": "", _x: "1" }],
    ["env", { WORKERS: 4, DEBUG: false, RATIO: 0.5 }, { WORKERS: "4", DEBUG: "false", RATIO: "0.5" }],
    ["labels", { tier: 1, canary: true }, { tier: "1", canary: "true" }],
    ["health", { tcp: 5432 }],
    ["health", { tcp: "5432" }, { tcp: 5432 }],
    [
      "ready",
      { command: ["redis-cli", "-p", 6379, "ping"] },
      { command: ["redis-cli", "-p", "6379", "ping"] },
    ],
    ["startSeconds", "90", 90],
    ["command", ["node", "server.js"]],
    ["args", []],
    ["args", ["--port", 80], ["--port", "80"]],
    ["user", "0", 0],
    ["user", "1000", 1000],
    ["writable", { "/var/cache": "1Gi" }, { "/tmp": "64Mi", "/var/cache": "1Gi" }],
    ["writable", { "/tmp": 1048576 }, { "/tmp": "1048576" }],
    [
      "resources",
      { limits: { memory: "1Gi" } },
      { requests: { cpu: "100m", memory: "100Mi" }, limits: { cpu: "1", memory: "1Gi" } },
    ],
    [
      "resources",
      { requests: { cpu: 1 }, limits: { cpu: 2, memory: "1e9" } },
      { requests: { cpu: "1", memory: "100Mi" }, limits: { cpu: "2", memory: "1e9" } },
    ],
  ];
  for (const [key, value, expected = value] of good) {
    it(`accepts ${key}: ${JSON.stringify(value)}`, () => {
      assert.deepEqual(parse({ [key]: value })[key as keyof ReturnType<typeof parse>], expected);
    });
  }

  /** Each with the expected parts of the message. */
  const bad: [key: string, value: unknown, what: RegExp, allowed: RegExp][] = [
    ["replicas", "501", /replicas is "501"/, /whole number from 0 to 500/],
    ["replicas", "-1", /-1/, /whole number/],
    ["replicas", "2.5", /2\.5/, /whole number/],
    ["replicas", "1e1", /1e1/, /whole number/],
    ["replicas", "0x10", /0x10/, /whole number/],
    ["replicas", " 2", /" 2"/, /whole number/],
    ["replicas", "", /""/, /whole number/],
    ["replicas", "two", /two/, /whole number/],
    ["autoscale", "10", /autoscale is "10"/, /min and max and cpuPercent/],
    ["autoscale", {}, /autoscale\.max is undefined/, /1 to 500/],
    ["autoscale", { max: 501 }, /autoscale\.max is 501/, /1 to 500/],
    ["autoscale", { min: 0, max: 3 }, /autoscale\.min is 0/, /1 to 500/],
    ["autoscale", { min: 1.5, max: 3 }, /autoscale\.min is 1\.5/, /whole number/],
    ["autoscale", { max: 1 }, /autoscale\.max is 1/, /at least autoscale\.min, which is 2/],
    ["autoscale", { max: 3, cpuPercent: "70%" }, /autoscale\.cpuPercent is "70%"/, /1 to 1000/],
    ["nodeSelector", "ssd", /nodeSelector is "ssd"/, /keys and values/],
    ["nodeSelector", { "bad key": "a" }, /bad key/, /\[prefix\/\]name/],
    ["nodeSelector", { disk: "a b" }, /nodeSelector\.disk is "a b"/, /letters, digits/],
    ["tolerations", { key: "a" }, /tolerations is/, /list of tolerations/],
    ["tolerations", [{ key: "a b" }], /tolerations\.0\.key is "a b"/, /\[prefix\/\]name/],
    ["tolerations", [{ key: "a", operator: "Is" }], /tolerations\.0\.operator is "Is"/, /Exists or Equal/],
    ["tolerations", [{ value: "a" }], /tolerations\.0\.operator is undefined/, /Exists if there is no key/],
    [
      "tolerations",
      [{ key: "a", operator: "Exists", value: "b" }],
      /tolerations\.0\.value is "b"/,
      /no value/,
    ],
    [
      "tolerations",
      [{ key: "a", effect: "NoRun" }],
      /tolerations\.0\.effect is "NoRun"/,
      /NoSchedule, PreferNoSchedule, NoExecute/,
    ],
    [
      "tolerations",
      [{ key: "a", effect: "NoSchedule", tolerationSeconds: 5 }],
      /effect is "NoSchedule"/,
      /NoExecute if/,
    ],
    ["priorityClassName", "High", /High/, /PriorityClass/],
    ["storageClass", "Fast", /Fast/, /StorageClass/],
    ["nodePort", "29999", /29999/, /30000 to 32767/],
    ["nodePort", "32768", /32768/, /30000 to 32767/],
    ["port", "0", /"0"/, /1 to 65535/],
    ["port", "65536", /65536/, /1 to 65535/],
    ["name", "2shop", /2shop/, /starts with a letter/],
    ["name", "Shop", /Shop/, /small letters/],
    ["name", "a".repeat(41), /aaaa/, /40/],
    ["namespace", "Team", /Team/, /small letters/],
    ["namespace", "-a", /-a/, /small letters/],
    ["namespace", "a".repeat(64), /aaaa/, /63/],
    ["context", "", /""/, /kube context/],
    ["service", "", /""/, /folder/],
    ["healthPath", "healthcheck", /healthcheck/, /starts with \//],
    ["readyPath", "/a b", /a b/, /no spaces/],
    ["health", "tcp", /health is "tcp"/, /keys and values/],
    ["health", {}, /health is/, /tcp with a port .* or command/],
    ["health", { tcp: 0 }, /health/, /1 to 65535/],
    ["health", { tcp: 80, command: ["a"] }, /health/, /tcp with a port .* or command/],
    ["ready", { command: [] }, /ready\.command is \[\]/, /list of words/],
    ["ready", { http: "/" }, /ready is/, /tcp with a port/],
    ["startSeconds", "0", /"0"/, /1 to 3000/],
    ["command", "node server.js", /node server\.js/, /list of words/],
    ["command", [], /command is "\[\]"/, /list of words/],
    ["command", ["node", { a: 1 }], /command\.1 is/, /text/],
    ["args", "--verbose", /--verbose/, /list of words/],
    ["user", "root", /root/, /whole number from 0/],
    ["user", "2147483648", /2147483648/, /whole number from 0/],
    ["writable", "/data", /\/data/, /keys and values/],
    ["writable", { data: "1Gi" }, /writable\.data/, /absolute path/],
    ["writable", { "/": "1Gi" }, /writable/, /not \//],
    ["writable", { "/data/": "1Gi" }, /writable/, /absolute path/],
    ["writable", { "/a/../b": "1Gi" }, /writable/, /without : or \.\./],
    ["writable", { "/proc/x": "1Gi" }, /writable/, /\/proc/],
    ["writable", { "/data": "big" }, /"big"/, /a size such as/],
    ["writable", { "/data": 0 }, /is 0/, /a size such as/],
    ["metricsPort", "65536", /65536/, /0 to 65535/],
    ["metricsPort", "3000", /metricsPort is "3000"/, /a port other than the service's own/],
    ["podMonitor", "yes", /yes/, /true or false/],
    ["networkPolicy", "1", /"1"/, /true or false/],
    ["egress", "db.example.com", /db\.example\.com/, /a list of destinations/],
    ["egress", [{ host: "db.example.com", port: 5432 }], /egress\.0 is .*db\.example/, /no host names/],
    ["egress", [{ cidr: "db.example.com" }], /egress\.0 is/, /cidr, such as/],
    ["egress", [{ cidr: "10.0.0.7/33" }], /10\.0\.0\.7/, /cidr, such as/],
    ["egress", [{ cidr: "10.0.0.7/32", port: 0 }], /egress\.0\.port is 0/, /1 to 65535/],
    ["egress", [{ namespace: "db", cidr: "10.0.0.7/32" }], /egress\.0 is/, /cidr.* or namespace/],
    ["progressDeadlineSeconds", "0", /"0"/, /1 to 3600/],
    ["autoRollback", "True", /True/, /true or false/],
    ["labels", "tier=x", /tier=x/, /keys and values/],
    ["labels", ["a"], /\["a"\]/, /keys and values/],
    ["labels", { tier: null }, /labels\.tier is null/, /^text$/],
    ["labels", { tier: ["a"] }, /labels\.tier is \["a"\]/, /^text$/],
    ["labels", { tier: "a b" }, /a b/, /letters, digits/],
    ["labels", { tier: "a".repeat(64) }, /aaa/, /63/],
    ["labels", { tier: "-a" }, /-a/, /begin and end/],
    ["labels", { "bad key": "a" }, /bad key/, /\[prefix\/\]name/],
    ["labels", { "A_B/c": "a" }, /A_B\/c/, /\[prefix\/\]name/],
    ["labels", { "a/b/c": "a" }, /a\/b\/c/, /\[prefix\/\]name/],
    ["labels", { "/a": "a" }, /\/a/, /\[prefix\/\]name/],
    ["labels", { ["a".repeat(64)]: "a" }, /aaa/, /\[prefix\/\]name/],
    ["labels", { [`${"a.".repeat(126)}ab/x`]: "a" }, /a\.a/, /\[prefix\/\]name/],
    ["labels", { name: "web" }, /labels\.name is "web"/, /finds its pods/],
    ["labels", { release: "canary" }, /labels\.release/, /finds its pods/],
    ["env", { "1A": "x" }, /1A/, /doesn't begin with a digit/],
    ["env", { "A B": "x" }, /A B/, /letters, digits/],
    ["env", { A: null }, /env\.A is null/, /^text$/],
    ["env", { A: 2 ** 53 }, /env\.A is 9007199254740992/, /in quotes/],
    ["env", { ["A".repeat(254)]: "x" }, /AAA/, /at most 253/],
    ["env", { PORT: "1" }, /env\.PORT/, /set by the stack/],
    ["env", { MY_POD_IP: "1" }, /env\.MY_POD_IP/, /set by the stack/],
    ["env", { DRAIN_MS: "1" }, /env\.DRAIN_MS/, /set by the stack/],
    ["resources", "a lot", /a lot/, /keys and values/],
    ["resources", { requests: "1" }, /resources\.requests/, /an object with cpu and memory/],
    ["resources", { requests: { cpu: "fast" } }, /resources\.requests\.cpu is "fast"/, /100m or 100Mi/],
    ["resources", { requests: { cpu: "-1" } }, /-1/, /100m or 100Mi/],
    ["resources", { requests: { memory: "100MB" } }, /100MB/, /100m or 100Mi/],
    [
      "resources",
      { requests: { memory: "1Gi" } },
      /resources\.limits\.memory is "256Mi"/,
      /at least as much .* 1Gi/,
    ],
    ["resources", { limits: { cpu: "0" } }, /resources\.limits\.cpu is "0"/, /more than 0/],
    [
      "resources",
      { requests: { cpu: "0.30000000000000001" }, limits: { cpu: "0.3" } },
      /resources\.limits\.cpu is "0\.3"/,
      /at least as much/,
    ],
    ["resources", { limits: { memory: "1e400" } }, /1e400/, /100m or 100Mi/],
    ["resources", { limits: { memory: "9Ei" } }, /9Ei/, /100m or 100Mi/],
    ["resources", { limits: { cpu: "50m" } }, /resources\.limits\.cpu is "50m"/, /at least as much .* 100m/],
  ];
  for (const [key, value, what, allowed] of bad) {
    it(`refuses ${key}: ${JSON.stringify(value).slice(0, 60)}`, () => {
      const problem = problemOf({ [key]: value });
      assert.match(problem.what, what);
      assert.match(problem.allowed ?? "", allowed);
      assert.match(problem.todo, new RegExp(`npx pulumi config set (--path '?)?${key}`));
    });
  }

  it("suggests the nearest key for an unknown one", () => {
    const problem = problemOf({ replica: "2" });
    assert.match(problem.what, /replica is not a key .* Did you mean replicas\?/);
    assert.match(problem.todo, /config rm --path replica/);
  });

  it("suggests the nearest key in an object too", () => {
    const problem = problemOf({ resources: { limit: { cpu: "1" } } });
    assert.match(problem.what, /resources\.limit is not a key .* Did you mean limits\?/);
    const inList = problemOf({ tolerations: [{ kee: "a", operator: "Exists" }] });
    assert.match(inList.what, /tolerations\.0\.kee is not a key .* Did you mean key\?/);
    assert.equal(inList.todo, "npx pulumi config rm --path 'tolerations[0].kee'");
  });

  it("suggests nothing if no key is similar", () => {
    const problem = problemOf({ zzzzzzzzzzzz: "2" });
    assert.doesNotMatch(problem.what, /Did you mean/);
    assert.match(problem.allowed ?? "", /name, replicas, .*nodePort/);
  });

  it("reports every problem at once", () => {
    const values = { replicas: "x", nodePort: "1", labels: { a: [], b: {} }, env: { "1": "" }, replica: "2" };
    assert.equal(problemsOf(values).length, 6);
  });

  it("reports keys that conflict, also beside another problem and with a default", () => {
    const [replicas, metricsPort] = problemsOf({ replicas: "x", port: "9464" });
    assert.match(replicas?.what ?? "", /replicas/);
    assert.equal(metricsPort?.what, "metricsPort is 9464, which is the default.");
    assert.match(metricsPort.todo, /config set metricsPort (?!9464)/);
    const monitor = problemOf({ podMonitor: "true", metricsPort: "0" });
    assert.match(monitor.what, /podMonitor is "true"/);
    const egress = problemOf({ networkPolicy: "false", egress: [] });
    assert.match(egress.todo, /config rm egress/);
    const storage = problemOf({ storageClass: "fast" });
    assert.match(storage.todo, /config rm storageClass/);
  });

  it("accepts gateway and nodePort only with the value of expose that they belong to", () => {
    const gateway = { name: "infra/public", host: "shop.example.com" };
    assert.deepEqual(parse({ expose: "Gateway", gateway }).gateway, gateway);
    assert.match(problemOf({ expose: "Gateway" }).todo, /set --path gateway\.name NAMESPACE\/NAME/);
    assert.match(problemOf({ gateway }).todo, /set expose Gateway/);
    const both = problemsOf({ expose: "ClusterIP", gateway, nodePort: "30090" });
    assert.deepEqual(
      both.map(({ where }) => where),
      ["stack config, key gateway", "stack config, key nodePort"],
    );
    assert.match(
      problemOf({ expose: "Ingress" }).allowed ?? "",
      /NodePort, LoadBalancer, Gateway, ClusterIP/,
    );
    for (const wrong of [{}, { name: "A" }, { name: "a/b/c" }, { name: "a", host: "*.example.com" }]) {
      assert.equal(problemsOf({ expose: "Gateway", gateway: wrong }).length, 1, JSON.stringify(wrong));
    }
  });

  it("ignores other projects' keys", () => {
    const values = { "kubernetes:context": "x", "shop2:replicas": "z" };
    assert.equal(parseConfig({ project: "shop", values, secretKeys: new Set() }).tracks[0].replicas, 2);
  });

  it("uses HTTP probes, or those of health and ready; health alone is used for both", () => {
    const asked = (values: Record<string, unknown>) => {
      const { health, ready } = parse(values);
      return { health, ready };
    };
    const tcp = { tcp: 5432 };
    assert.deepEqual(asked({ healthPath: "/a", readyPath: "/b?c=d" }), {
      health: { http: "/a" },
      ready: { http: "/b?c=d" },
    });
    assert.deepEqual(asked({ health: tcp }), { health: tcp, ready: tcp });
    assert.deepEqual(asked({ health: tcp, readyPath: "/b" }), { health: tcp, ready: { http: "/b" } });
    assert.deepEqual(asked({ ready: tcp }), { health: { http: "/healthcheck" }, ready: tcp });
    const problem = problemOf({ ready: tcp, readyPath: "/b" });
    assert.match(problem.allowed ?? "", /ready or readyPath, not both/);
    assert.equal(problem.todo, "npx pulumi config rm readyPath");
  });

  it("accepts replicas or autoscale, not both; the default of replicas doesn't count", () => {
    assert.deepEqual(parse({ autoscale: { max: 3 } }).autoscale, { min: 2, max: 3, cpuPercent: 70 });
    const problem = problemOf({ replicas: "4", autoscale: { max: 3 } });
    assert.equal(problem.what, 'replicas is "4".');
    assert.match(problem.allowed ?? "", /replicas or autoscale, not both/);
    assert.equal(problem.todo, "npx pulumi config rm replicas");
  });

  it("refuses a CPU target that no pod can reach: the autoscaler would never scale", () => {
    const resources = { requests: { cpu: "500m" }, limits: { cpu: "1" } };
    parse({ resources, autoscale: { max: 3, cpuPercent: 200 } });
    const problem = problemOf({ resources, autoscale: { max: 3, cpuPercent: 201 } });
    assert.match(problem.allowed ?? "", /at most 200: a pod that requests 500m CPU uses 1 at most/);
    assert.equal(problem.todo, "npx pulumi config set --path autoscale.cpuPercent 70");
    const none = problemOf({ resources: { requests: { cpu: "0" } }, autoscale: { max: 3 } });
    assert.match(none.allowed ?? "", /requests\.cpu above 0/);
  });

  it("gives a rollout the time that its pods may take to start", () => {
    const deadline = (values: Record<string, string>) => parse(values).progressDeadlineSeconds;
    assert.equal(deadline({ startSeconds: "20" }), 60);
    assert.equal(deadline({ startSeconds: "90" }), 105);
    assert.equal(deadline({ startSeconds: "90", progressDeadlineSeconds: "90" }), 90);
    assert.equal(deadline({ progressDeadlineSeconds: "10" }), 10);
    const [replicas, problem] = problemsOf({
      replicas: "x",
      startSeconds: "90",
      progressDeadlineSeconds: "60",
    });
    assert.match(replicas?.what ?? "", /replicas/);
    assert.equal(problem?.what, 'progressDeadlineSeconds is "60".');
    assert.match(problem.allowed ?? "", /at least startSeconds, which is 90/);
    assert.equal(problem.todo, "npx pulumi config set progressDeadlineSeconds 105");
  });

  it("refuses root in a namespace that enforces the restricted standard", () => {
    assert.equal(parse({ user: "0", namespace: "default" }).user, 0);
    const problem = problemOf({ user: "0", namespace: "team-a" });
    assert.match(problem.what, /user is "0"/);
    assert.match(problem.allowed ?? "", /any user but root .* team-a enforces/);
  });

  it("restores the dots of names that --path took for paths", () => {
    const label = problemOf({ labels: { app: { kubernetes: { "io/name": "shop" } } } });
    assert.match(label.what, /^labels\.app is /);
    assert.equal(
      label.todo,
      `npx pulumi config rm --path labels.app && npx pulumi config set --path 'labels["app.kubernetes.io/name"]' shop`,
    );
    const variable = problemOf({ env: { log: { level: "it's" } } }, ["env"]);
    assert.equal(
      variable.todo,
      `npx pulumi config rm --path env.log && npx pulumi config set --secret --path 'env["log.level"]' VALUE`,
    );
    const path = problemOf({ env: { log: { path: "=ls" } } });
    assert.match(path.todo, / 'env\["log\.path"\]' '=ls'$/, "zsh would take =ls for /bin/ls");
    const unknown = problemOf({ resources: { "limits.cpu": "1" } });
    assert.equal(unknown.todo, `npx pulumi config rm --path 'resources["limits.cpu"]'`);
  });

  it("keeps secret variables apart, and shows none of their values", () => {
    const { env, secretEnv } = parse({ env: { TOKEN: "hunter2" } }, ["env"]);
    assert.deepEqual({ env, secretEnv }, { env: {}, secretEnv: { TOKEN: "hunter2" } });
    const problem = problemOf({ env: { "1TOKEN": "hunter2" } }, ["env"]);
    assert.equal(problem.what, "env.1TOKEN is a secret value that isn't allowed.");
    assert.match(problem.allowed ?? "", /doesn't begin with a digit/);
  });

  it("refuses a secret that everybody could read in the cluster", () => {
    const [problem, ...more] = problemsOf({ labels: { tier: "hunter2" }, nodePort: "hunter2" }, ["labels"]);
    assert.match(problem?.what ?? "", /^labels was set with --secret/);
    assert.match(more[0]?.what ?? "", /nodePort is "hunter2"/);
  });
});
