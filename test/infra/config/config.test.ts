import assert from "node:assert/strict";
import { UserError } from "../../../common/problem";
import { parseConfig } from "../../../infra/config";

const PROJECT = "shop";

/** Config as Pulumi hands it over: prefixed keys, and JSON for everything that isn't text. */
function parse(values: Record<string, unknown>) {
  const pairs = Object.entries(values).map(([key, value]) => [
    `${PROJECT}:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return parseConfig(Object.fromEntries(pairs) as Record<string, string>, PROJECT);
}

function problemsOf(values: Record<string, unknown>) {
  try {
    parse(values);
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return error.problems;
  }
  return assert.fail("it was accepted");
}

describe("stack config", () => {
  it("has a default for every key", () => {
    assert.deepEqual(parse({}), {
      name: "api",
      replicas: 2,
      labels: {},
      nodePort: 30080,
      namespace: "default",
      context: "minikube",
      resources: { requests: { cpu: "100m", memory: "100Mi" }, limits: { cpu: "1", memory: "256Mi" } },
      service: "service",
      port: 3000,
      healthPath: "/healthcheck",
      readyPath: "/readyz",
      metricsPort: 9464,
      podMonitor: false,
      networkPolicy: true,
      progressDeadlineSeconds: 60,
      autoRollback: true,
      build: { args: {}, context: ".", dockerfile: "Dockerfile" },
      env: {},
    });
  });

  const good: [key: string, value: unknown, expected?: unknown][] = [
    ["replicas", "0", 0],
    ["replicas", "500", 500],
    ["labels", { tier: "frontend", "example.com/team": "a", empty: "" }],
    ["nodePort", "32767", 32767],
    ["name", "shop-2"],
    ["name", "a".repeat(40)],
    ["namespace", "team-a"],
    ["context", "kind_x@y"],
    ["port", "1", 1],
    ["healthPath", "/"],
    ["readyPath", "/a/b?c=d"],
    ["service", "../elsewhere"],
    ["metricsPort", "0", 0],
    ["podMonitor", "true", true],
    ["networkPolicy", "false", false],
    ["progressDeadlineSeconds", "10", 10],
    ["autoRollback", "false", false],
    ["env", { GREETING: "hello", "a.b-c": "", _x: "1" }],
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
    it(`takes ${key}: ${JSON.stringify(value)}`, () => {
      assert.deepEqual(parse({ [key]: value })[key as keyof ReturnType<typeof parse>], expected);
    });
  }

  /** Each with what the message has to say. */
  const bad: [key: string, value: unknown, what: RegExp, allowed: RegExp][] = [
    ["replicas", "501", /replicas is "501"/, /whole number from 0 to 500/],
    ["replicas", "-1", /-1/, /whole number/],
    ["replicas", "2.5", /2\.5/, /whole number/],
    ["replicas", "1e1", /1e1/, /whole number/],
    ["replicas", "0x10", /0x10/, /whole number/],
    ["replicas", " 2", /" 2"/, /whole number/],
    ["replicas", "", /""/, /whole number/],
    ["replicas", "two", /two/, /whole number/],
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
    ["metricsPort", "65536", /65536/, /0 to 65535/],
    ["metricsPort", "3000", /metricsPort is "3000"/, /another port than the service's own/],
    ["podMonitor", "yes", /yes/, /true or false/],
    ["networkPolicy", "1", /"1"/, /true or false/],
    ["progressDeadlineSeconds", "0", /"0"/, /1 to 3600/],
    ["autoRollback", "True", /True/, /true or false/],
    ["labels", "tier=x", /tier=x/, /keys and values/],
    ["labels", ["a"], /\["a"\]/, /keys and values/],
    ["labels", { tier: 1 }, /labels\.tier is 1/, /in quotes: "1"/],
    ["labels", { tier: true }, /labels\.tier is true/, /in quotes: "true"/],
    ["labels", { tier: "a b" }, /a b/, /letters, digits/],
    ["labels", { tier: "a".repeat(64) }, /aaa/, /63/],
    ["labels", { tier: "-a" }, /-a/, /begin and end/],
    ["labels", { "bad key": "a" }, /bad key/, /\[prefix\/\]name/],
    ["labels", { "A_B/c": "a" }, /A_B\/c/, /\[prefix\/\]name/],
    ["labels", { "a/b/c": "a" }, /a\/b\/c/, /\[prefix\/\]name/],
    ["labels", { "/a": "a" }, /\/a/, /\[prefix\/\]name/],
    ["labels", { ["a".repeat(64)]: "a" }, /aaa/, /\[prefix\/\]name/],
    ["labels", { [`${"a.".repeat(126)}ab/x`]: "a" }, /a\.a/, /\[prefix\/\]name/],
    ["labels", { name: "web" }, /labels\.name is "web"/, /finds the pods/],
    ["labels", { release: "canary" }, /labels\.release/, /finds the pods/],
    ["env", { "1A": "x" }, /1A/, /doesn't begin with a digit/],
    ["env", { "A B": "x" }, /A B/, /letters, digits/],
    ["env", { A: 1 }, /env\.A is 1/, /in quotes: "1"/],
    ["env", { A: false }, /env\.A is false/, /in quotes: "false"/],
    ["env", { PORT: "1" }, /env\.PORT/, /set by the stack/],
    ["env", { MY_POD_IP: "1" }, /env\.MY_POD_IP/, /set by the stack/],
    ["env", { DRAIN_MS: "1" }, /env\.DRAIN_MS/, /set by the stack/],
    ["resources", "a lot", /a lot/, /keys and values/],
    ["resources", { requests: "1" }, /resources\.requests/, /./],
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
      const [problem, ...more] = problemsOf({ [key]: value });
      assert.deepEqual(more, []);
      assert.match(problem?.what ?? "", what);
      assert.match(problem?.allowed ?? "", allowed);
      assert.match(problem?.todo ?? "", new RegExp(`npx pulumi config set (--path )?${key}`));
    });
  }

  it("suggests the nearest key for one that it doesn't know", () => {
    const [problem] = problemsOf({ replica: "2" });
    assert.match(problem?.what ?? "", /replica is not a key .* Did you mean replicas\?/);
    assert.match(problem?.todo ?? "", /config rm --path replica/);
  });

  it("suggests the nearest key in an object too", () => {
    const [problem] = problemsOf({ resources: { limit: { cpu: "1" } } });
    assert.match(problem?.what ?? "", /resources\.limit is not a key .* Did you mean limits\?/);
  });

  it("suggests nothing where nothing is near", () => {
    const [problem] = problemsOf({ zzzzzzzzzzzz: "2" });
    assert.doesNotMatch(problem?.what ?? "", /Did you mean/);
    assert.match(problem?.allowed ?? "", /replicas, labels, nodePort/);
  });

  it("reports every problem at once", () => {
    const values = { replicas: "x", nodePort: "1", labels: { a: 1, b: 2 }, env: { "1": "" }, replica: "2" };
    assert.equal(problemsOf(values).length, 6);
  });

  it("sees what doesn't fit together, also beside another problem and with a default", () => {
    const [replicas, metricsPort] = problemsOf({ replicas: "x", port: "9464" });
    assert.match(replicas?.what ?? "", /replicas/);
    assert.equal(metricsPort?.what, "metricsPort is 9464, as it is by default.");
    assert.match(metricsPort.todo, /config set metricsPort (?!9464)/);
    const [monitor] = problemsOf({ podMonitor: "true", metricsPort: "0" });
    assert.match(monitor?.what ?? "", /podMonitor is "true"/);
  });

  it("leaves other projects' keys alone", () => {
    assert.equal(parseConfig({ "kubernetes:context": "x", "shop2:replicas": "z" }, PROJECT).replicas, 2);
  });
});
