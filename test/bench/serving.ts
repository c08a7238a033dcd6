import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bundle } from "../../infra/image/bundle";
import { pulumi } from "./contenders";
import type { Outcome } from "./load-pod";
import { readManifests } from "./manifests";
import { NAME, type World } from "./place";
import type { Sheet } from "./sheet";

/** Requests a second at which latency is measured: every contender can answer twice as many. */
const RATE = 500;
/** Requests of one measurement, at full speed and at that rate: a few seconds each. */
const AMOUNT = { fullSpeed: 20_000, fixedRate: 1_500 } as const;

const LOAD = `${NAME}-load`;

/** A server in a pod of its own, with the service's own limits, probes and security context. */
interface Server {
  readonly name: string;
  readonly namespace: string;
}

const OURS: Server = { name: "this service", namespace: NAME };
const PEERS: readonly (Server & { readonly key: string })[] = [
  { name: "node:http", namespace: `${NAME}-node`, key: "node:http" },
  { name: "Express", namespace: `${NAME}-express`, key: "express" },
  { name: "Fastify", namespace: `${NAME}-fastify`, key: "fastify" },
];

/** Sends the same requests to each server, from a pod on the node's own network. */
export async function measureServing(world: World, rounds: number, sheet: Sheet): Promise<void> {
  await startOurs(world);
  await startPeers(world);
  const started = Date.now();
  const servers = [OURS, ...PEERS];
  for (const server of servers) await warmUp(world, server);
  for (let round = 0; round < rounds; round++) {
    for (const index of servers.keys()) {
      const server = servers[(index + round) % servers.length]!;
      for (const path of ["/healthcheck", "/ip"]) await measurePath(world, server, path, sheet);
      sheet.add("start to ready (ms)", server.name, await startToReady(world, server));
    }
    const nodePort = await ask(world, "fixed-rate", `${await nodePortUrl(world)}/ip`);
    sheet.add(`/ip through the NodePort at ${RATE}/s, p99 (ms)`, OURS.name, nodePort.p99);
  }
  await sleep(Math.max(0, started + 60_000 - Date.now()));
  for (const server of servers)
    sheet.add("memory, after a minute or more (MiB)", server.name, await memory(world, server));
}

/** Measures whether the memory of a new process grows with the number of requests. */
export async function measureMemory(world: World, rounds: number, sheet: Sheet): Promise<void> {
  await startOurs(world);
  for (let round = 0; round < rounds; round++) {
    await replacePod(world, OURS);
    const url = `http://${await podIp(world, OURS)}:3000/ip`;
    for (const [amount, words] of [
      [200_000, "200 thousand"],
      [1_800_000, "2 million"],
    ] as const) {
      await ask(world, "full-speed", url, amount);
      sheet.add(`after ${words} requests (MiB)`, OURS.name, await memory(world, OURS));
    }
  }
}

/** Starts the service by its stack, and the pod that sends requests. */
async function startOurs(world: World): Promise<void> {
  const stack = pulumi(world);
  await stack.setReplicas(1);
  await world.run(`npm run up -- --stack ${NAME}`);
  await buildImage(world, LOAD, "load-pod.ts");
  const container = { name: "load", image: `${LOAD}:1`, imagePullPolicy: "Never" };
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "load", namespace: LOAD },
    spec: { hostNetwork: true, containers: [container], terminationGracePeriodSeconds: 1 },
  };
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: LOAD } };
  await apply(world, LOAD, JSON.stringify({ apiVersion: "v1", kind: "List", items: [namespace, pod] }));
  await world.kubectl(`wait -n ${LOAD} pod/load --for=condition=Ready --timeout=60s`);
}

async function startPeers(world: World): Promise<void> {
  await buildImage(world, `${NAME}-peers`, "peers.js");
  for (const { namespace, key } of PEERS) {
    const manifests = await readManifests(world, namespace);
    manifests.image = `${NAME}-peers:1`;
    manifests.setEnv("SERVER", key);
    await apply(world, namespace, manifests.json());
    await world.kubectl(`rollout status -n ${namespace} deployment/${NAME} --timeout=60s`);
  }
}

/** Builds an image of one program from the service's own Dockerfile, so that all have the same base. */
async function buildImage(world: World, name: string, program: string): Promise<void> {
  const folder = join(world.folder, name);
  await mkdir(folder, { recursive: true });
  await cp(join(world.checkout, "service", "Dockerfile"), join(folder, "Dockerfile"));
  await writeFile(join(folder, "main.js"), (await bundle(join(__dirname, program))).code);
  await world.run(`docker build -q -t ${name}:1 .`, { cwd: folder, env: world.nodeDocker });
}

async function apply(world: World, name: string, json: string): Promise<void> {
  const file = join(world.folder, `${name}.json`);
  await writeFile(file, json);
  await world.kubectl(`apply -f ${file}`);
}

async function warmUp(world: World, server: Server): Promise<void> {
  const url = `http://${await podIp(world, server)}:3000`;
  for (const path of ["/healthcheck", "/ip"]) await ask(world, "full-speed", url + path);
}

async function measurePath(world: World, server: Server, path: string, sheet: Sheet): Promise<void> {
  const url = `http://${await podIp(world, server)}:3000${path}`;
  const { perSecond } = await ask(world, "full-speed", url);
  sheet.add(`${path} at full speed (requests/s)`, server.name, perSecond);
  const { p50, p99 } = await ask(world, "fixed-rate", url);
  sheet.add(`${path} at ${RATE}/s, p50 (ms)`, server.name, p50);
  sheet.add(`${path} at ${RATE}/s, p99 (ms)`, server.name, p99);
}

async function ask(
  world: World,
  kind: "full-speed" | "fixed-rate",
  url: string,
  amount: number = kind === "full-speed" ? AMOUNT.fullSpeed : AMOUNT.fixedRate,
): Promise<Outcome> {
  const load = ["node", "/app/main.js", kind, url, String(amount), String(RATE)];
  return JSON.parse(await world.kubectl(["exec", "-n", LOAD, "load", "--", ...load])) as Outcome;
}

async function podIp(world: World, { namespace }: Server): Promise<string> {
  return await world.kubectl(`get pods -n ${namespace} -l name=${NAME} -o jsonpath={.items[0].status.podIP}`);
}

/** The Service's URL as the node itself reaches it. */
async function nodePortUrl(world: World): Promise<string> {
  const port = await world.kubectl(`get service -n ${NAME} ${NAME} -o jsonpath={.spec.ports[0].nodePort}`);
  return `http://127.0.0.1:${port}`;
}

/** MiB that the server has in memory (VmRSS of proc(5)). */
async function memory(world: World, server: Server): Promise<number> {
  const read = `/VmRSS:\\s+(\\d+)/.exec(require("fs").readFileSync("/proc/1/status", "utf8"))[1]`;
  return Number(await evaluate(world, server, `console.log(${read})`)) / 1024;
}

/** Deletes a server's pod, and waits until the old one is gone and a new one is ready. */
async function replacePod(world: World, { namespace }: Server): Promise<void> {
  await world.kubectl(`delete pod -n ${namespace} -l name=${NAME}`);
  await world.kubectl(`rollout status -n ${namespace} deployment/${NAME} --timeout=60s`);
}

/** Milliseconds from the start of a second process in the server's pod until it says that it is ready. */
async function startToReady(world: World, server: Server): Promise<number> {
  const script = `
    const start = performance.now();
    const env = { ...process.env, PORT: "4000", METRICS_PORT: "4001" };
    const server = require("child_process").spawn("node", ["/app/main.js"], { env });
    const again = () => setTimeout(look, 5);
    const look = () => require("http").get("http://127.0.0.1:4000/readyz", ({ statusCode }) => {
      if (statusCode !== 200) return again();
      console.log(performance.now() - start);
      server.kill("SIGKILL");
      process.exit();
    }).on("error", again);
    look();`;
  return Number(await evaluate(world, server, script));
}

async function evaluate(world: World, { namespace }: Server, script: string): Promise<string> {
  return await world.kubectl(["exec", "-n", namespace, `deployment/${NAME}`, "--", "node", "-e", script]);
}
