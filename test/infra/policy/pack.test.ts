import { join } from "node:path";
import { endsWithItsEngine } from "../../support/plugin-client";

describe("the policy pack", () => {
  it("does not outlive an engine that is killed", async function () {
    this.timeout(30_000); // to load what it is made of, beside the other tests
    await endsWithItsEngine(
      join(__dirname, "..", "..", "..", "infra", "policy", "pulumi-analyzer-policy-tsx"),
    );
  });
});
