// What the language host loads: the program, compiled.
const { compile } = require("../common/compile.cjs");

module.exports = require(compile("infra/index.ts"));
