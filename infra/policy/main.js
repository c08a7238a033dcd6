// The engine starts this file for the policy pack, in a process of its own.
const { join } = require("node:path");
const { load } = require("../../common/compile.cjs");

// @pulumi/policy reads the pack's version from package.json in the working directory.
process.chdir(join(__dirname, "..", ".."));

load("infra/policy/pack.ts");
