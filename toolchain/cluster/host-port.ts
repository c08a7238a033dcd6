import { createServer } from "node:net";
import { nodePortsFrom } from "../../common/node-ports";
import { UserError } from "../../common/problem";

/**
 * Refuses a node port that can't be published on 127.0.0.1, and suggests a free one.
 *
 * @throws UserError if another program has the port
 */
export async function refuseTakenPort(nodePort: number): Promise<void> {
  if (await isFree(nodePort)) return;
  const free = await firstFree(nodePortsFrom(nodePort));
  throw new UserError({
    what: `Port ${nodePort} on 127.0.0.1 is taken by another program`,
    where: "nodePort in the stack's config",
    todo: `stop that program${free === undefined ? "" : `, or choose another: npx pulumi config set nodePort ${free}`}`,
  });
}

async function firstFree(ports: readonly number[]): Promise<number | undefined> {
  for (const port of ports) if (await isFree(port)) return port;
  return undefined;
}

async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
