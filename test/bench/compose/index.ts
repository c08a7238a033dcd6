import { setTimeout as sleep } from "node:timers/promises";
import { startLoad } from "../../../commands/load/generator";
import { pulumi } from "../contenders";
import { NAME, type World } from "../place";
import { table } from "../markdown";
import type { Sheet } from "../sheet";
import { composeSetups } from "./compose";
import { here } from "./here";
import type { Setup } from "./setup";

/**
 * Requests a second, half of them on a connection of their own; and connections at a time. If every request hung for
 * TIMEOUT_MS there would still be a connection for the next one, so that no request fails because it has none.
 */
const [RATE, CONNECTIONS] = [50, 500];
/** After so many milliseconds without an answer a request has failed. */
const TIMEOUT_MS = 10_000;
/** Milliseconds of load before an event and after it. */
const [BEFORE_MS, AFTER_MS] = [2_000, 3_000];
/** Milliseconds of waiting for restarts, and for probes and restarts. */
const [KILLED_MS, HANGS_MS] = [15_000, 45_000];

/**
 * The same image, load and events under Docker Compose and here: how many requests fail.
 *
 * @returns what a person types for each event, as a table
 */
export async function measureCompose(world: World, rounds: number, sheet: Sheet): Promise<string> {
  const typed: Typed = new Map();
  const { versions, url } = await prepare(world);
  const setups = [...(await composeSetups(world, versions)), here(world, url)];
  for (let round = 0; round < rounds; round++) {
    for (const setup of setups) {
      try {
        await setup.start();
        await story(world, setup, sheet, typed);
      } finally {
        await setup.stop();
      }
    }
  }
  const rows = [...typed].map(([name, of]) => [
    name,
    ...setups.map((setup) => inCell(of.get(setup.name) ?? [])),
  ]);
  return table([["what a person types", ...setups.map(({ name }) => name)], ...rows]);
}

/** What a person types: by event, and then by setup. */
type Typed = Map<string, Map<string, readonly string[]>>;

function inCell(lines: readonly string[]): string {
  return lines.length === 0 ? "nothing" : lines.map((line) => `\`${line}\``).join("<br>");
}

async function story(world: World, setup: Setup, sheet: Sheet, typed: Typed): Promise<void> {
  const event = async (name: string, happen: () => Promise<readonly string[]>) => {
    const load = startLoad({ url: setup.url, rate: RATE, connections: CONNECTIONS, timeoutMs: TIMEOUT_MS });
    await sleep(BEFORE_MS);
    const lines = await happen();
    await sleep(AFTER_MS);
    const { failed } = await load.stop();
    sheet.add(`${name} (failed requests)`, setup.name, failed);
    typed.set(name, (typed.get(name) ?? new Map<string, readonly string[]>()).set(setup.name, lines));
  };
  await event("2 → 8 → 2 instances", async () => [...(await setup.scale(8)), ...(await setup.scale(2))]);
  await event("a new version", () => setup.deployNewVersion());
  await event("every instance killed", async () => {
    await signal(world, setup, await setup.containers(), "SIGKILL");
    await sleep(KILLED_MS);
    return await setup.afterCrash();
  });
  await event(`one instance hangs for ${HANGS_MS / 1000} s`, async () => {
    const [container = ""] = await setup.containers();
    await signal(world, setup, [container], "SIGSTOP");
    await sleep(HANGS_MS);
    return await setup.afterHang(container);
  });
}

/** Signals the processes of containers from outside: after a person's own `docker kill`, Docker restarts none. */
async function signal(
  world: World,
  { docker }: Setup,
  containers: readonly string[],
  name: string,
): Promise<void> {
  const format = "{{.State.Pid}} {{.Image}}";
  const found = await world.run(["docker", "inspect", "-f", format, ...containers], { env: docker });
  const processes = found.split("\n").map((line) => line.split(" "));
  const image = processes[0]?.[1] ?? "";
  const kill = `for (const pid of [${processes.map(([pid]) => pid).join()}]) process.kill(pid, "${name}")`;
  const run = ["docker", "run", "--rm", "--pid=host", "--user=0", "--entrypoint=node", image, "-e", kill];
  await world.run(run, { env: docker });
}

/** Builds two versions of the service in the node's daemon, and asks the stack for its address. */
async function prepare(world: World) {
  const stack = pulumi(world);
  const deploy = async () => {
    await world.run(`npm run up -- --stack ${NAME}`);
    return await world.run(`npx pulumi stack output image --stack ${NAME}`);
  };
  const first = await deploy();
  await stack.changeCode();
  const versions: [string, string] = [first, await deploy()];
  const url = await world.run(`npx pulumi stack output url --stack ${NAME}`);
  await stack.down();
  return { versions, url };
}
