import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import type { Say } from "../../toolchain/step";
import { ROOT } from "../../common/root";

const PACK = join(ROOT, "infra", "policy");
/** What the engine runs for the pack: a shell script. */
const PLUGIN = join(PACK, "pulumi-analyzer-policy-tsx");

/** The policy packs that an update has to keep to: the stack's own, or none where it can't be run, which is said. */
export function policyPacks(say: Say, platform = process.platform): string[] {
  if (canRun(platform)) return [PACK];
  say("the stack's policies can't be run here, and are left out; npm test holds the stack to them", "notice");
  return [];
}

function canRun(platform: NodeJS.Platform): boolean {
  if (platform === "win32") return false;
  try {
    accessSync(PLUGIN, constants.X_OK);
    return true;
  } catch {
    return false; // from an archive that keeps no permissions
  }
}
