import assert from "node:assert/strict";
import {
  breakCode,
  changeCode,
  CODE,
  restore,
  type StackConfig,
  standard,
  writeConfig,
} from "../e2e/harness/checkout";
import { fewestReady, findDeployment, podsAndRestarts, settled } from "../e2e/harness/cluster";
import { ask, whoAnswers } from "../e2e/harness/http";
import { inNode } from "../e2e/harness/node";
import { PROFILE, STACK } from "../e2e/harness/place";
import { fails, kubectl, succeeds } from "../e2e/harness/shell";
import { beginsDeployed, story } from "../e2e/harness/story";
import { until } from "../e2e/harness/until";
import { badReleases, ROUTES } from "../e2e/harness/variants";
import { admitAll, refuseRelease } from "../e2e/harness/no-way-back";

/** The promised time in seconds, with a stack's default deadline. */
const PROMISED = 90;

const soon = { ...standard, progressDeadlineSeconds: 10 };
const up = `npm run up -- --stack ${STACK}`;

/** How to make a release that can't become ready, and the expected explanation. */
interface Case {
  readonly make: () => Promise<unknown>;
  readonly told: RegExp;
  /** Undoes changes other than those of the config. */
  readonly undo?: () => Promise<unknown>;
}

const configured = (more: StackConfig) => () => writeConfig({ ...soon, ...more });

const cases: Readonly<Record<string, Case>> = {
  "a probe that never says that it is ready": {
    make: configured({ readyPath: "/nowhere" }),
    told: /It is not ready: Readiness probe failed: .*404\n +where: +pod\/api-.*\n +allowed: 200 to 399 from \/nowhere[^]*\| .*"path":"\/nowhere","status":404/,
  },
  "a probe that says that it isn't alive": {
    make: configured({ healthPath: "/nowhere" }),
    told: /It is not ready: Startup probe failed: .*404\n +where: +pod\/api-/,
  },
  "no node that takes it": {
    make: async () => {
      await kubectl(`cordon ${PROFILE}`);
      await writeConfig({ ...soon, env: { WANTS: "another pod" } });
    },
    told: /No node has room: .*unschedulable.*\n +where: +pod\/api-.*\n +allowed: each pod requests 100m CPU/,
    undo: () => kubectl(`uncordon ${PROFILE}`),
  },
  "an image that is gone from the node": {
    make: async () => {
      await inNode("docker", "rmi", "--force", `api:${(await whoAnswers()).version}`);
      await writeConfig({ ...soon, env: { WANTS: "another pod" } });
    },
    told: /ErrImageNeverPull: .*\n +where: +pod\/api-/,
  },
};

story("releases that can't become ready, each for its own reason", () => {
  beginsDeployed();

  let pods: string[];
  before("fail soon", async () => {
    await writeConfig(soon);
    await succeeds("npx pulumi up --yes");
    pods = await podsAndRestarts();
  });
  afterEach("the service did not notice", async () => {
    assert.deepEqual(await ask("/healthcheck"), { status: 200, body: "Hello World" });
  });
  after("as it was", async () => {
    await restore(ROUTES);
    await writeConfig(standard);
    await succeeds(up);
    await settled(2);
  });

  for (const [reason, { make, told, undo }] of Object.entries(cases)) {
    it(`${reason}: \`npx pulumi up\` explains it, and works as before once it is fixed`, async () => {
      try {
        await make();
        const ready = await fewestReady(async () => {
          assert.match(await fails("npx pulumi up --yes"), told);
        });
        assert.equal(ready, 2);
        await writeConfig(soon);
        await succeeds("npx pulumi up --yes");
        assert.deepEqual(await podsAndRestarts(), pods);
      } finally {
        await undo?.(); // a node that stays cordoned would fail every case after this one
      }
    });
  }

  it("an image that is gone from the node is built again by `npm run up`", async () => {
    await writeConfig({ ...soon, env: { WANTS: "another pod" } });
    const output = await succeeds(up);
    assert.match(output, /building it again/);
    await settled(2);
    await writeConfig(soon);
    await succeeds("npx pulumi up --yes");
    pods = (await settled(2)).map(({ metadata }) => `${metadata?.name}, restarts: 0`).sort();
  });

  it("with autoRollback off, `npm run up` leaves the failed release in place; it is tried again, and rolled back", async () => {
    const { version } = await whoAnswers();
    await writeConfig({ ...soon, autoRollback: false });
    await badReleases["crashes at start"]?.();
    assert.match(await fails(up), /the cat ate it[^]*keeps the failed release[^]*npm run rollback/);
    assert.equal((await findDeployment())?.status?.updatedReplicas, 1);
    assert.match(await fails("npx pulumi up --yes"), /\| the cat ate it/);
    const output = await succeeds(`npm run rollback -- --stack ${STACK}`);
    assert.match(output, new RegExp(`^Release ${version} serves\\.$`, "m"));
    assert.deepEqual(await podsAndRestarts(), pods);
    await restore(ROUTES);
    await succeeds("npx pulumi up --yes");
    assert.deepEqual(await podsAndRestarts(), pods);
  });

  it("`npm run up` also undoes a bad config, and nothing of it stays", async () => {
    await writeConfig({ ...soon, readyPath: "/nowhere", env: { ONLY: "there" } });
    assert.match(await fails(up), /404[^]*failed; its earlier configuration is back, and serves/);
    assert.deepEqual(await podsAndRestarts(), pods);
    await writeConfig(soon);
    await succeeds("npx pulumi up --yes");
    assert.deepEqual(await podsAndRestarts(), pods);
  });

  it("`npm run up` says why the release failed, also if it can't put the last good release back", async () => {
    const { version } = await whoAnswers();
    await refuseRelease(version, "not that one again");
    try {
      await badReleases["crashes at start"]?.();
      const output = await fails(up);
      assert.match(output, /\| the cat ate it[^]*could not be put back: .*not that one again/);
      assert.match(output, /do: +fix that, then npm run rollback/);
    } finally {
      await admitAll();
      await restore(ROUTES);
    }
    const image = `deployment/api api-container=api:${version}`;
    await until("the API server admits that release again", 30_000, () =>
      kubectl(`set image --dry-run=server ${image}`).catch(() => undefined),
    );
    await succeeds("npx pulumi up --yes");
    assert.deepEqual(await podsAndRestarts(), pods);
  });

  it("fails within the promised time, with the default deadline", async () => {
    await writeConfig(standard);
    await succeeds("npx pulumi up --yes");
    await badReleases["crashes at start"]?.();
    const start = performance.now();
    assert.match(await fails("npx pulumi up --yes"), /CrashLoopBackOff[^]*\| the cat ate it/);
    const seconds = (performance.now() - start) / 1000;
    assert.ok(seconds <= PROMISED, `it took ${seconds.toFixed(1)} s`);
  });
});

story("the very first release, when it can't become ready", () => {
  before("nothing is deployed", () => succeeds(`npm run down -- --stack ${STACK}`));
  after("as it was", async () => {
    await restore(CODE);
    await writeConfig(standard);
    await succeeds(up);
    await settled(2);
  });

  it("says that there is nothing to go back to", async () => {
    await writeConfig(soon);
    await breakCode();
    const output = await fails(up);
    assert.match(output, /\| the cat ate it[^]*There is no earlier release that could be put back/);
  });
});

story("the images of releases", () => {
  beginsDeployed();
  after("as it was", async () => {
    await restore(CODE);
    await succeeds(up);
    await settled(2);
  });

  it("stay for the last five, and no other image is touched", async () => {
    await inNode("docker", "tag", `api:${(await whoAnswers()).version}`, "api:somebody-elses");
    const built: string[] = [];
    for (let number = 0; number < 6; number++) {
      await changeCode(`release-${number}`);
      await succeeds("npx pulumi up --yes");
      await settled(2);
      built.push((await whoAnswers()).version);
    }
    const there = (await inNode("docker", "image", "ls", "--format", "{{.Tag}}", "api")).split("\n");
    await inNode("docker", "rmi", "api:somebody-elses");
    assert.deepEqual(there.filter(Boolean).sort(), [...built.slice(-5), "somebody-elses"].sort());
  });
});
