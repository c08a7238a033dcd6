import { ROOT } from "../common/root";

/** Runs the stack's program. It is loaded only here: by now the SDK's runner has set the stack. */
export async function program(): Promise<unknown> {
  try {
    const { default: deploy } = await import("./index.js");
    return await deploy();
  } catch (error) {
    translateStacks();
    throw error;
  }
}

/** Starts the SDK's runner, which calls the program. The language host's arguments are those of this process. */
export async function start(): Promise<void> {
  // The language host that is built offline ignores `typescript: false` in Pulumi.yaml.
  if (process.cwd() === ROOT) process.env.PULUMI_NODEJS_TYPESCRIPT = "false";
  await import("@pulumi/pulumi/cmd/run/index.js");
  translateOnlyErrors();
}

let translateStacks = () => {};

/**
 * The SDK reads the stack of each resource, and translates its positions into those of the sources. That takes a quarter of
 * a second, because it reads the source map, and is of use only for errors.
 */
function translateOnlyErrors(): void {
  const translated = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace") ?? {};
  Reflect.deleteProperty(Error, "prepareStackTrace");
  translateStacks = () => void Object.defineProperty(Error, "prepareStackTrace", translated);
  process.prependListener("unhandledRejection", translateStacks);
}
