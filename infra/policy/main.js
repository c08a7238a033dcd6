// The pack is a process of its own, which loads tsx as the program does: see ../main.js.
/* global require, process, __dirname */
require("tsx/cjs");

// @pulumi/policy takes the pack's version out of the package.json of the folder that it runs in.
process.chdir(require("node:path").join(__dirname, "..", ".."));

require("./pack");
