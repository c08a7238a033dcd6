import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import type { Say } from "../../toolchain/step";
import { ROOT } from "../../common/root";

const PACK = join(ROOT, "infra", "policy");
/** The shell script that the engine runs for the pack. */
const PLUGIN = join(PACK, "pulumi-analyzer-policy-tsx");

/** The policy packs that check an update: the stack's own, or none, with a notice, if it can't run on this machine. */
export function policyPacks(say: Say): string[] {
  try {
    accessSync(PLUGIN, constants.X_OK);
    return [PACK];
  } catch {
    // The checkout is from an archive without file permissions.
    say(
      "the stack's policies can't run on this machine and are skipped; npm test checks the stack against them",
      "notice",
    );
    return [];
  }
}
