import { appendFile, cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { which } from "../../toolchain/acquire/path";
import { readManifests } from "./manifests";
import { NAME, writeConfig, type World } from "./place";

/** One way to deploy the same objects. Changes are written first, as by a person, and aren't timed. */
export interface Contender {
  readonly name: string;
  setReplicas(replicas: number): Promise<void>;
  changeCode(): Promise<void>;
  /** Ends once the cluster has what was written. */
  up(): Promise<unknown>;
  /** Ends once the last pod is gone. */
  down(): Promise<unknown>;
  /** Goes back to the code before the last change. */
  rollBack?(): Promise<unknown>;
}

/** The stack, deployed by `npx pulumi up`. */
export function pulumi(world: World): Contender {
  const { checkout, run } = world;
  return {
    name: "npx pulumi up",
    setReplicas: (replicas) => writeConfig(world, { replicas }),
    changeCode: () =>
      appendFile(join(checkout, "service", "main.ts"), `process.env.BENCH = "${Date.now()}";\n`),
    up: () => run(`npx pulumi up --stack ${NAME} --yes --skip-preview`),
    down: () => run(`npx pulumi destroy --stack ${NAME} --yes --skip-preview`),
  };
}

/** The same stack, deployed by this project's commands. */
export function npmRun(world: World): Contender {
  const { run } = world;
  return {
    ...pulumi(world),
    name: "npm run up",
    up: () => run(`npm run up -- --stack ${NAME}`),
    down: () => run(`npm run down -- --stack ${NAME}`),
    rollBack: () => run(`npm run rollback -- --stack ${NAME}`),
  };
}

/** kubectl with ready manifests: the floor. */
export async function kubectl(world: World): Promise<Contender> {
  const { folder, manifests, save, changeCode } = await ownFolder(world, "kubectl");
  const { namespace } = manifests;
  const deployment = `-n ${namespace} deployment/${NAME}`;
  let version = 0;
  let built = 0;
  const build = async () => {
    if (built === version) return;
    built = version;
    manifests.image = `${namespace}:${version}`;
    await world.run(`docker build -q -t ${manifests.image} .`, { cwd: folder, env: world.nodeDocker });
  };
  return {
    name: "kubectl",
    setReplicas: (replicas) => save(() => (manifests.replicas = replicas)),
    changeCode: async () => {
      version++;
      await changeCode();
    },
    up: async () => {
      await save(build);
      await world.kubectl(`apply -f ${join(folder, "objects.json")}`);
      await world.kubectl(`rollout status ${deployment} --timeout=600s`);
    },
    down: () => world.kubectl(`delete -f ${join(folder, "objects.json")}`),
    rollBack: async () => {
      await world.kubectl(`rollout undo ${deployment}`);
      await world.kubectl(`rollout status ${deployment} --timeout=600s`);
      const image = await world.kubectl(
        `get ${deployment} -o jsonpath={.spec.template.spec.containers[0].image}`,
      );
      await save(() => (manifests.image = image));
    },
  };
}

/** skaffold, if it is on PATH. */
export async function skaffold(world: World): Promise<Contender | undefined> {
  if (which("skaffold", world.env.PATH ?? "") === undefined) return undefined;
  const { folder, manifests, save, changeCode } = await ownFolder(world, "skaffold");
  const { namespace } = manifests;
  manifests.image = namespace;
  await writeFile(join(folder, "skaffold.yaml"), skaffoldConfig(namespace));
  const skaffold = (args: string) =>
    world.run(`skaffold ${args} --kube-context ${world.cluster.context}`, { cwd: folder });
  return {
    name: "skaffold run",
    setReplicas: (replicas) => save(() => (manifests.replicas = replicas)),
    changeCode,
    up: () => skaffold("run"),
    down: async () => {
      await skaffold("delete"); // which doesn't wait
      await world.kubectl(`wait --for=delete namespace/${namespace} --timeout=180s`);
    },
  };
}

function skaffoldConfig(image: string): string {
  return JSON.stringify({
    apiVersion: "skaffold/v4beta11",
    kind: "Config",
    build: { artifacts: [{ image }], tagPolicy: { inputDigest: {} }, local: { push: false } },
    manifests: { rawYaml: ["objects.json"] },
  });
}

/** A folder with the service's build context and the objects, in a namespace of the contender's own. */
async function ownFolder(world: World, name: string) {
  const namespace = `${NAME}-${name}`;
  const folder = join(world.folder, name);
  const manifests = await readManifests(world, namespace);
  const release = manifests.image.split(":").at(-1) ?? "";
  await cp(join(world.checkout, ".build", "contexts", release), folder, { recursive: true });
  const save = async (change: () => unknown) => {
    await change();
    await writeFile(join(folder, "objects.json"), manifests.json());
  };
  await save(() => {});
  const changeCode = () => appendFile(join(folder, "main.js"), `\n// ${Date.now()}`);
  return { folder, manifests, save, changeCode };
}
