import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of package.json and Pulumi.yaml. This code may run from common/, or compiled from .build/. */
export const ROOT = findRoot(__dirname);

function findRoot(folder: string): string {
  return existsSync(join(folder, "Pulumi.yaml")) ? folder : findRoot(dirname(folder));
}
