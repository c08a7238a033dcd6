import { ROOT } from "../common/root";

/** Runs the stack's program. It is loaded only here: by now the SDK's runner has set the stack. */
export async function program(): Promise<unknown> {
  const { default: deploy } = await import("./index.js");
  return await deploy();
}

/** Starts the SDK's runner, which calls the program. The language host's arguments are those of this process. */
export async function start(): Promise<void> {
  // The language host that is built offline ignores `typescript: false` in Pulumi.yaml.
  if (process.cwd() === ROOT) process.env.PULUMI_NODEJS_TYPESCRIPT = "false";
  await import("@pulumi/pulumi/cmd/run/index.js");
}
