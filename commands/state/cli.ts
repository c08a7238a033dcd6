import type { Workspace } from "@pulumi/pulumi/automation";
import { run } from "../../toolchain/command";

/**
 * Runs the Pulumi CLI in the project's folder. For what the Automation API can't do, or starts the CLI twice for.
 *
 * @returns its standard output
 * @throws CommandError with the end of its output, if it fails
 */
export function runPulumi(
  { pulumiCommand, workDir, envVars }: Workspace,
  args: readonly string[],
): Promise<string> {
  return run(pulumiCommand.command, [...args, "--non-interactive"], { cwd: workDir, env: envVars });
}
