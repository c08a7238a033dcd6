// What the engine starts for the policy pack: a process of its own.
const { join } = require("node:path");
const { compile } = require("../../common/compile.cjs");

// @pulumi/policy takes the pack's version out of the package.json of the folder that it runs in.
process.chdir(join(__dirname, "..", ".."));

compile("infra/policy/pack.ts").then(require);
