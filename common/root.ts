import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The checkout: where package.json and Pulumi.yaml are. This code may be in common/, or compiled into .build/. */
export const ROOT = checkoutOf(__dirname);

function checkoutOf(folder: string): string {
  return existsSync(join(folder, "Pulumi.yaml")) ? folder : checkoutOf(dirname(folder));
}
