import assert from "node:assert/strict";
import { nodeCommandOf, type NodeCommand } from "../../../commands/dev/session";
import { configOf } from "../../support/config";

/** How new code is started in the pods of a service with these instructions; undefined if it can't be started. */
function commandFor(instructions: string, bundled = true, config: Record<string, string> = {}) {
  const dockerfileText = `FROM node\n${instructions}\n`;
  return nodeCommandOf({ bundled, dockerfileText }, configOf(config));
}

describe("code can be changed in the pods", () => {
  const released: NodeCommand = { nodeOptions: [], file: "/app/main.js", args: [] };

  it("of an image that runs node main.js", () => {
    assert.deepEqual(commandFor('ENTRYPOINT ["node", "/app/main.js"]'), released);
    assert.deepEqual(commandFor('CMD ["/usr/bin/node", "/app/main.js"]'), released);
  });

  it("with Node.js' options and the service's arguments", () => {
    const command = commandFor('ENTRYPOINT ["node"]\nCMD ["--no-warnings", "/app/main.js", "a b"]');
    assert.deepEqual(command, { ...released, nodeOptions: ["--no-warnings"], args: ["a b"] });
  });

  it("if the config names the command", () => {
    assert.deepEqual(commandFor("", true, { command: '["node", "/app/main.js"]' }), released);
  });

  it("but not if another program, another file, or a shell is run, or nothing is known", () => {
    const others = ['CMD ["python", "main.js"]', 'CMD ["node", "server.js"]', "CMD node /app/main.js", ""];
    for (const instructions of others) assert.equal(commandFor(instructions), undefined);
  });

  it("nor if the service isn't bundled into one file", () => {
    assert.equal(commandFor('CMD ["node", "/app/main.js"]', false), undefined);
  });
});
