import { spawn } from "node:child_process";
import { once } from "node:events";
import { kubectl, npmRun, pulumi, skaffold, type Contender } from "./contenders";
import { NAME, type World } from "./place";
import { seconds, type Sheet } from "./sheet";

/**
 * Deploys the same objects in several ways, story by story: each contender has the machine to itself, and each round
 * begins with another one.
 */
export async function measureDeploying(world: World, rounds: number, sheet: Sheet): Promise<void> {
  const stack = pulumi(world);
  await npmRun(world).up(); // gets tools, and builds the image once
  const contenders = [await kubectl(world), stack, npmRun(world)];
  const peer = await skaffold(world);
  if (peer === undefined) sheet.isMissing("skaffold is missing: it is not on PATH.");
  else contenders.push(peer);
  await stack.down();
  for (let round = 0; round < rounds; round++) {
    for (const index of contenders.keys()) {
      const contender = contenders[(index + round) % contenders.length]!;
      await tell(contender, world, sheet);
    }
  }
}

async function tell(contender: Contender, world: World, sheet: Sheet): Promise<void> {
  const { name } = contender;
  const time = async (what: string, work: () => Promise<unknown>) =>
    sheet.add(what, name, await seconds(work));
  const up = () => contender.up();
  const atReplicas = async (replicas: number) => {
    await contender.setReplicas(replicas);
    await up();
  };
  await contender.setReplicas(10);
  await time("first deploy, 10 replicas (s)", up);
  await time("nothing changed (s)", up);
  await atReplicas(4);
  await contender.changeCode();
  await time("changed code, 4 replicas (s)", up);
  await atReplicas(1);
  await contender.changeCode();
  await time("changed code, 1 replica (s)", up);
  if (name === "npm run up") await look(world, time);
  if (contender.rollBack) {
    await time("roll back, 1 replica (s)", () => contender.rollBack!());
    await contender.changeCode(); // otherwise it stays rolled back
    await up();
  }
  await contender.setReplicas(10);
  await time("replicas 1 → 10 (s)", up);
  await time("destroy, 10 replicas (s)", () => contender.down());
}

async function look(
  world: World,
  time: (what: string, work: () => Promise<unknown>) => Promise<void>,
): Promise<void> {
  await time("npm run status (s)", () => world.run(`npm run status -- --stack ${NAME}`));
  await time("npm run releases (s)", () => world.run(`npm run releases -- --stack ${NAME}`));
  await time("npm run logs, first line (s)", () => firstLogLine(world));
}

/** Runs `npm run logs` until its first line of a pod. */
async function firstLogLine({ checkout, env }: World): Promise<void> {
  const args = ["run", "logs", "--", "--stack", NAME];
  const child = spawn("npm", args, {
    cwd: checkout,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true, // a group of its own, so that what npm starts is ended too
  });
  const ended = once(child, "exit");
  let printed = "";
  for await (const text of child.stdout) {
    printed += String(text);
    if (printed.includes(` ${NAME}-`)) break;
  }
  if (child.exitCode === null) process.kill(-(child.pid ?? NaN), "SIGTERM");
  await ended;
  if (!printed.includes(` ${NAME}-`)) throw new Error(`npm run logs has shown no line:\n${printed}`);
}
