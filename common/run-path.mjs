import { join } from "node:path";

/**
 * The value of PULUMI_LANGUAGE_NODEJS_RUN_PATH: Pulumi's language host then runs the program and the SDK in one compiled
 * file (infra/main.js). The host puts the value between apostrophes into JavaScript (locateModule in
 * pulumi-language-nodejs), so that an apostrophe or a backslash in the path must be escaped.
 *
 * @param {string} root the folder of Pulumi.yaml
 */
export function runPath(root) {
  return join(root, "infra", "main.js").replace(/['\\]/g, "\\$&");
}
