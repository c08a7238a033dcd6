import { delimiter, dirname, join, sep } from "node:path";
import { readMachine } from "../../../toolchain/machine";

/** The checkout under test. It is copied, and nothing in it is ever changed. */
export const SOURCE = dirname(dirname(dirname(__dirname)));

export const machine = readMachine();

/** The minikube profile, and with it the kube context, of the tests' own. */
export const PROFILE = "koa-on-minikube-e2e";
/** Published on 127.0.0.1 when the profile is made; not the default, which may be the user's. */
export const NODE_PORT = 30_181;
export const URL = `http://127.0.0.1:${NODE_PORT}`;
export const STACK = "e2e";
export const PROJECT = "koa-on-minikube";

/** Always the same folder, so that a run finds what a killed one left behind. */
const WORLD = join(machine.cacheDir, "e2e");

/** What the tests write to, beside the profile. */
export const places = {
  world: WORLD,
  /** One run at a time: beside the world, because a run begins by removing that. */
  lock: `${WORLD}.locks`,
  /** The copy of the checkout. */
  checkout: join(WORLD, "checkout"),
  /** The folder whose stacks' state it is. */
  backend: join(WORLD, "backend"),
  kubeconfig: join(WORLD, "kubeconfig"),
  /** The product as a clone has it, with no packages. */
  template: join(WORLD, "template"),
  /** A project made from that by `pulumi new`. */
  project: join(WORLD, "project"),
} as const;

/** The environment of a new terminal: nothing of the `npm test` that this may be, nor of the person's own stack. */
export const newTerminal: NodeJS.ProcessEnv = {
  ...without(/^(npm_|PULUMI_STACK$|MINIKUBE_(PROFILE|ACTIVE|EXISTING)|INIT_CWD$)/),
  PATH: withoutPackages(process.env.PATH ?? ""),
};

/** A new terminal in which a person works with the tests' own world, and not with the person's own cluster. */
export const environment: NodeJS.ProcessEnv = {
  ...newTerminal,
  KUBECONFIG: places.kubeconfig,
  PULUMI_BACKEND_URL: `file://${places.backend}`,
  PULUMI_CONFIG_PASSPHRASE: "",
};

/** The same after the `export PATH=…` that `npm run up` prints. */
export const environmentWithTools: NodeJS.ProcessEnv = {
  ...environment,
  PATH: [join(machine.cacheDir, "bin"), environment.PATH].join(delimiter),
};

/** As undefined, because a child process gets this process's own variables beneath. */
function without(names: RegExp): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => names.test(name))
      .map((name) => [name, undefined]),
  );
}

function withoutPackages(path: string): string {
  return path
    .split(delimiter)
    .filter((folder) => !folder.split(sep).includes("node_modules"))
    .join(delimiter);
}
