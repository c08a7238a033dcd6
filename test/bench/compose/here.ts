import { pulumi } from "../contenders";
import { NAME, type World } from "../place";
import type { Setup } from "./setup";

/** This project's stack, by its own commands. */
export function here(world: World, url: string): Setup {
  const { run, nodeDocker: docker } = world;
  const stack = pulumi(world);
  const up = () => run(`npm run up -- --stack ${NAME}`);
  const scale = async (replicas: number) => {
    await stack.setReplicas(replicas);
    await up();
    return [`npx pulumi config set replicas ${replicas}`, "npm run up"];
  };
  // Each pod also has a container that only holds its network.
  const filters = `--filter label=io.kubernetes.pod.namespace=${NAME} --filter label=io.kubernetes.docker.type=container`;
  return {
    name: "here",
    url,
    docker,
    start: () => scale(2).then(() => {}),
    scale,
    deployNewVersion: async () => {
      await stack.changeCode();
      await up();
      return ["npm run up"];
    },
    afterCrash: () => Promise.resolve([]),
    afterHang: () => Promise.resolve([]),
    containers: async () => {
      const ids = await run(`docker ps -q ${filters}`, { env: docker });
      return ids.split("\n").filter((id) => id !== "");
    },
    stop: () => stack.down().then(() => {}),
  };
}
