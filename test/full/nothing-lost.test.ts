import assert from "node:assert/strict";
import { restore, standard, writeConfig } from "../e2e/harness/checkout";
import { podsAndRestarts, settled } from "../e2e/harness/cluster";
import { fails, succeeds } from "../e2e/harness/shell";
import { beginsDeployed, deployStandard, story } from "../e2e/harness/story";
import { loses } from "../e2e/harness/under-load";
import { badReleases, ROUTES } from "../e2e/harness/variants";

/** In seconds. A short deadline, so that a bad release fails soon. */
const SOON = 15;

story("under load, scaling by Pulumi", () => {
  beginsDeployed();

  loses(0, "`replicas` 2 → 10 → 2 by `pulumi up`", async () => {
    await writeConfig({ ...standard, replicas: 10 });
    await succeeds("npx pulumi up --yes");
    await settled(10);
    await writeConfig(standard);
    await succeeds("npx pulumi up --yes");
    await settled(2);
  });
});

story("under load, a bad release", () => {
  beginsDeployed();
  before("with a short deadline", async () => {
    await writeConfig({ ...standard, progressDeadlineSeconds: SOON });
    await succeeds("npx pulumi up --yes");
  });
  after("as it was", () => deployStandard(ROUTES));

  for (const [whatItDoes, make] of Object.entries(badReleases)) {
    loses(
      0,
      `a release that ${whatItDoes} fails, and the old one keeps serving, also after the rollback`,
      async () => {
        const running = await podsAndRestarts();
        await make();
        await fails("npx pulumi up --yes").finally(() => restore(ROUTES));
        const still = await podsAndRestarts();
        assert.deepEqual(
          running.filter((pod) => !still.includes(pod)),
          [],
        );
        await succeeds("npx pulumi up --yes");
        await settled(2);
        assert.deepEqual(await podsAndRestarts(), running);
      },
    );
  }
});
