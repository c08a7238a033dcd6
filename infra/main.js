// What the language host loads: the program, compiled. `npx pulumi` and the commands have the host start this file in
// place of the SDK's own runner, so that the SDK is compiled too; a Pulumi CLI on PATH loads this file from that runner.
const { load } = require("../common/compile.cjs");

const program = load("infra/run.ts");

module.exports = async () => (await program).program();
if (require.main === module) program.then(({ start }) => start());
