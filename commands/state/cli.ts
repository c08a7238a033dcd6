import type { Workspace } from "@pulumi/pulumi/automation";
import { run } from "../../toolchain/command";

/**
 * Runs the Pulumi CLI in the project's folder, for what the Automation API can't do, or starts the CLI twice for.
 *
 * @returns what it prints
 * @throws CommandError with the end of what it printed, if it fails
 */
export function runPulumi(
  { pulumiCommand, workDir, envVars }: Workspace,
  args: readonly string[],
): Promise<string> {
  return run(pulumiCommand.command, [...args, "--non-interactive"], { cwd: workDir, env: envVars });
}
