/**
 * PID 1 of the pods of `npm run dev`, in place of the image's own command. It listens on the container's ports, runs the
 * service as a child process on other ports, and passes connections on to it. New code starts in a second process. Once
 * that is ready, it gets the new connections and the first process drains, so the pod stays in the Service.
 * The supervisor is bundled into one file and needs only Node.js in the image.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer as createHttpServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pipeline } from "node:stream";
import { pipeline as copy } from "node:stream/promises";
import { poll } from "../../common/poll";

/** The supervisor's only argument, as JSON. */
export interface SupervisorSettings {
  /** Options of Node.js itself. */
  readonly nodeOptions: readonly string[];
  /** The released code. */
  readonly file: string;
  /** Arguments of the service. */
  readonly args: readonly string[];
  /** The HTTP path that answers 200 to 399 once the service is ready. Without it, an open port is enough. */
  readonly readyPath?: string | undefined;
  readonly startSeconds: number;
  /** The port of the pod's loopback that receives new code: `PUT /<version>`. */
  readonly controlPort: number;
}

/** The answer once new code serves. */
export interface Served {
  /** The port of the pod's loopback on which the inspector listens, if the request asked for one. */
  readonly inspectPort?: number | undefined;
}

interface Code {
  readonly version: string;
  readonly file: string;
}

/** A process that runs code. */
interface Run {
  readonly code: Code;
  readonly child: ChildProcess;
  /** Its own ports, by the names of their variables. */
  readonly ports: Readonly<Record<string, number>>;
  readonly readyAt: number;
}

/** The folder for code. Only /tmp is writable in every pod. It outlives a container. */
const FOLDER = join(tmpdir(), "koa-on-minikube-dev");
/** The file with the version of the code that a restarted container begins with. */
const LATEST = join(FOLDER, "latest");
/** If new code ends so soon after it was ready, the previous code comes back. In milliseconds. */
const EARLY_MS = 5_000;
/** How often a starting process is asked whether it is ready, in milliseconds. */
const POLL_MS = 20;
/** How many processes may drain while another one starts: each needs memory of the pod. */
const MOST_DRAINING = 2;
/** A draining process is killed so long after its own SHUTDOWN_MS, in milliseconds. */
const KILL_MS = 1_000;

const settings = JSON.parse(process.argv[1] ?? "{}") as SupervisorSettings;
const released: Code = { version: process.env.RELEASE_VERSION ?? "", file: settings.file };
const portNames = ["PORT", "METRICS_PORT"].filter((name) => process.env[name] !== undefined);

/** The process that gets new connections; undefined until one is ready, and while the previous code starts again. */
let current: Run | undefined;
/** The processes that served before and haven't ended yet, oldest first. */
const draining = new Set<Run>();
/** The code that comes back if the current process ends early. */
let previous = released;
let stopping = false;

async function main(): Promise<void> {
  process.on("SIGTERM", stop).on("SIGINT", stop);
  mkdirSync(FOLDER, { recursive: true });
  await serve(latestCode()).catch(() => serve(released));
  // Only now: the startup probe must not succeed before the service is ready.
  for (const name of portNames) await listen(forward(name), Number(process.env[name]));
  await listen(
    createHttpServer((...exchange) => void takeCode(...exchange)),
    settings.controlPort,
    LOOPBACK,
  );
}

const LOOPBACK = "127.0.0.1";

function latestCode(): Code {
  return existsSync(LATEST) ? codeOf(readFileSync(LATEST, "utf8")) : released;
}

function codeOf(version: string): Code {
  return { version, file: join(FOLDER, `${version}.js`) };
}

/** Receives code, and answers once the code serves, or with the reason why it doesn't. */
async function takeCode(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://pod");
  const code = codeOf(basename(pathname));
  try {
    await copy(request, createWriteStream(code.file));
    const inspectPort = searchParams.has("inspect") ? await freePort() : undefined;
    await serve(code, inspectPort);
    response.end(JSON.stringify({ inspectPort } satisfies Served));
  } catch (error) {
    response.writeHead(422).end((error as Error).message);
  }
}

/**
 * Starts code and, once it is ready, sends new connections to it.
 *
 * @throws Error if the code doesn't become ready; then nothing has changed
 */
async function serve(code: Code, inspectPort?: number): Promise<void> {
  for (const oldest of draining) {
    if (draining.size > MOST_DRAINING) await once(oldest.child, "exit");
  }
  const run = await start(code, inspectPort);
  const before = current;
  current = run;
  run.child.once("exit", (exitCode) => ended(run, exitCode ?? 1));
  if (before !== undefined) {
    previous = before.code;
    drain(before);
  }
  remember(code);
}

async function start(code: Code, inspectPort: number | undefined): Promise<Run> {
  const ports: Record<string, number> = {};
  for (const name of portNames) ports[name] = await freePort();
  const ownPorts = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)]));
  const inspect = inspectPort === undefined ? [] : [`--inspect=${LOOPBACK}:${inspectPort}`];
  const options = [...settings.nodeOptions, "--enable-source-maps", ...inspect];
  const child = spawn(process.execPath, [...options, code.file, ...settings.args], {
    stdio: "inherit",
    env: { ...process.env, ...ownPorts, RELEASE_VERSION: code.version },
  });
  const exit = once(child, "exit").then(([exitCode, signal]) => {
    throw new Error(`it ended with ${signal ?? `exit code ${exitCode}`} before it was ready`);
  });
  try {
    await Promise.race([untilReady(ports.PORT ?? 0), exit]);
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
  exit.catch(() => {}); // from now on, `ended` handles the exit
  return { code, child, ports, readyAt: Date.now() };
}

/** Records the current version, and deletes all code but the current and the previous one. */
function remember({ version }: Code): void {
  writeFileSync(LATEST, version);
  const kept = [version, previous.version].map((each) => basename(codeOf(each).file));
  for (const name of readdirSync(FOLDER)) {
    if (name.endsWith(".js") && !kept.includes(name)) rmSync(join(FOLDER, name));
  }
}

/** Stops a process as Kubernetes stops a pod: the service drains by itself, and is killed after its time limit. */
function drain(run: Run): void {
  draining.add(run);
  run.child.kill("SIGTERM");
  const limit = Number(process.env.SHUTDOWN_MS ?? 0) + KILL_MS;
  setTimeout(() => run.child.kill("SIGKILL"), limit).unref();
}

/** Ends the pod with the exit code of the service. If new code ended early, starts the previous code instead. */
function ended(run: Run, exitCode: number): void {
  const drained = draining.delete(run);
  if (!drained) current = undefined;
  if (stopping && current === undefined && draining.size === 0) process.exit(exitCode);
  if (stopping || drained) return;
  if (run.code.version === previous.version || Date.now() - run.readyAt > EARLY_MS) process.exit(exitCode);
  console.error(
    `npm run dev: ${run.code.version} ended with exit code ${exitCode} soon after it was ready: ${previous.version} comes back`,
  );
  serve(previous).catch(() => process.exit(exitCode));
}

function stop(): void {
  if (stopping) return;
  stopping = true;
  if (current === undefined) process.exit(0);
  current.child.kill("SIGTERM");
}

async function untilReady(port: number): Promise<void> {
  const { startSeconds } = settings;
  const wait = { withinMs: startSeconds * 1000, everyMs: POLL_MS };
  if (await poll(wait, async () => (await isReady(port)) || undefined)) return;
  throw new Error(`it wasn't ready within ${startSeconds} s at the port that PORT names`);
}

function isReady(port: number): Promise<boolean> {
  const { readyPath: path } = settings;
  return new Promise((resolve) => {
    const no = () => resolve(false);
    if (path === undefined) {
      const socket = connect(port, LOOPBACK, () => resolve(socket.end() !== undefined)).on("error", no);
      return;
    }
    const request = get({ port, host: LOOPBACK, path, agent: false, timeout: 1_000 }, (response) => {
      response.resume();
      resolve((response.statusCode ?? 500) < 400);
    });
    request.on("error", no).on("timeout", () => request.destroy());
  });
}

/** Makes a server that passes the connections of a port on to the current process. */
function forward(name: string): Server {
  const options = { allowHalfOpen: true, noDelay: true };
  return createServer(options, (client) => {
    const run = current ?? [...draining].at(-1); // if the current process has just ended, a draining one still accepts
    const port = run?.ports[name];
    if (port === undefined) return client.destroy();
    const service = connect({ ...options, port, host: LOOPBACK });
    pipeline(client, service, client, () => {}); // if one connection breaks, both are closed
  });
}

async function listen(server: Server, port: number, host?: string): Promise<Server> {
  server.listen({ port, host });
  await once(server, "listening");
  return server;
}

async function freePort(): Promise<number> {
  const server = await listen(createServer(), 0, LOOPBACK);
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

main().catch((error: Error) => {
  console.error(`npm run dev: ${error.message}`);
  process.exit(1);
});
