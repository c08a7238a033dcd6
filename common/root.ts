import { dirname } from "node:path";

/** The checkout: where package.json and Pulumi.yaml are. */
export const ROOT = dirname(__dirname);
