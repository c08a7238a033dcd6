import { join } from "node:path";
import { endsWithItsEngine } from "../../support/plugin-client";

describe("the policy pack", () => {
  it("does not outlive an engine that is killed", async function () {
    this.timeout(30_000); // loading its packages takes long beside other tests
    await endsWithItsEngine(
      join(__dirname, "..", "..", "..", "infra", "policy", "pulumi-analyzer-policy-tsx"),
    );
  });
});
