import assert from "node:assert/strict";
import { forStack } from "../../common/stack-hints";

describe("hints", () => {
  const named: Record<string, string> = {
    "npx pulumi config set replicas 2, or npm run up":
      "npx pulumi config set --stack shop replicas 2, or npm run up -- --stack shop",
    "npx pulumi config rm --path a && npx pulumi config set --path a.b 1":
      "npx pulumi config rm --stack shop --path a && npx pulumi config set --stack shop --path a.b 1",
    "npm run logs -- --pod api-1, then fix it": "npm run logs -- --stack shop --pod api-1, then fix it",
    "npm run rollback -- --to TAG": "npm run rollback -- --stack shop --to TAG",
    "npm run upload": "npm run upload",
    "npm test": "npm test",
  };
  for (const [text, expected] of Object.entries(named)) {
    it(`name the stack: ${text}`, () => {
      assert.equal(forStack(text, "shop"), expected);
      assert.equal(forStack(expected, "shop"), expected, "once");
      assert.equal(forStack(text, "dev"), text);
    });
  }
});
