// The language host loads this file, which loads the compiled program. `npx pulumi` and the commands start it in place of
// the SDK's own runner, so that the SDK is compiled too. With a Pulumi CLI on PATH, that runner loads it.
const { load } = require("../common/compile.cjs");

const program = load("infra/run.ts");

module.exports = async () => (await program).program();
if (require.main === module) program.then(({ start }) => start());
