// What the engine starts for the policy pack: a process of its own.
const { join } = require("node:path");
const { load } = require("../../common/compile.cjs");

// @pulumi/policy takes the pack's version out of the package.json of the folder that it runs in.
process.chdir(join(__dirname, "..", ".."));

load("infra/policy/pack.ts");
