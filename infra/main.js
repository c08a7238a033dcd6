// What the language host loads: the program, compiled. `npx pulumi` and the commands have the host start this file in
// place of the SDK's own runner, so that the SDK is compiled too; a Pulumi CLI on PATH loads this file from that runner.
const { compile } = require("../common/compile.cjs");

const compiled = compile("infra/run.ts").then(require);

module.exports = async () => (await compiled).program();
if (require.main === module) compiled.then(({ start }) => start());
