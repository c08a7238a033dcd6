import { delimiter, dirname, join, sep } from "node:path";
import { readMachine } from "../../../toolchain/machine";

/** The checkout under test. It is copied, and nothing in it is ever changed. */
export const SOURCE = dirname(dirname(dirname(__dirname)));

export const machine = readMachine();

/** The name of the tests' own minikube profile and kube context. */
export const PROFILE = "koa-on-minikube-e2e";
/** Published on 127.0.0.1 when the profile is made; not the default, which may be the user's. */
export const NODE_PORT = 30_181;
export const URL = `http://127.0.0.1:${NODE_PORT}`;
export const STACK = "e2e";
export const PROJECT = "koa-on-minikube";

/** Always the same folder, so that a run finds what a killed one left behind. */
const WORLD = join(machine.cacheDir, "e2e");

/** The folders that the tests write to, besides the profile's. */
export const places = {
  world: WORLD,
  /** The lock for one run at a time. It is beside the world, because a run first removes the world. */
  lock: `${WORLD}.locks`,
  /** The copy of the checkout. */
  checkout: join(WORLD, "checkout"),
  /** The folder with the stacks' state. */
  backend: join(WORLD, "backend"),
  kubeconfig: join(WORLD, "kubeconfig"),
  /** The product as in a clone, without packages. */
  template: join(WORLD, "template"),
  /** A project that `pulumi new` makes from the template. */
  project: join(WORLD, "project"),
} as const;

/** The environment of a new terminal, without the variables of `npm test` and of the user's own stack. */
export const newTerminal: NodeJS.ProcessEnv = {
  ...without(/^(npm_|PULUMI_STACK$|MINIKUBE_(PROFILE|ACTIVE|EXISTING)|INIT_CWD$)/),
  PATH: withoutPackages(process.env.PATH ?? ""),
};

/** A new terminal that uses the tests' own world, not the user's cluster. */
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

/** Unsets these variables: a child process inherits those of this process. */
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
