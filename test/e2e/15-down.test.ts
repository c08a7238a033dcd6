import assert from "node:assert/strict";
import { profileExists } from "../../toolchain/cluster";
import { machine, PROFILE, STACK } from "./harness/place";
import { succeeds } from "./harness/shell";
import { beginsEmpty, story } from "./harness/story";

story("`npm run down -- --cluster`", () => {
  beginsEmpty();

  it("deletes the profile that `npm run up` made", async function () {
    // Kept for the next run.
    if (process.env.E2E_KEEP === "1") this.skip();
    await succeeds(`npm run down -- --stack ${STACK} --cluster`);
    assert.equal(profileExists(machine, PROFILE), false);
  });
});
