import assert from "node:assert/strict";
import { readyPods } from "../../commands/forward";
import { workloadWith } from "../support/rollout";
import { runCommand } from "../support/run-command";
import { fakeApi } from "../support/fake-cluster";

/** A pod as the API server describes it. */
function pod(name: string, ready: "True" | "False", metadata: object = {}) {
  return { metadata: { name, ...metadata }, status: { conditions: [{ type: "Ready", status: ready }] } };
}

describe("npm run forward", () => {
  it("leads to the pods that the Service leads to, of any track", async () => {
    const items = [
      pod("a", "True"),
      pod("starting", "False"),
      pod("leaving", "True", { deletionTimestamp: "2025-01-01T12:00:00Z" }),
      pod("beta", "True"),
    ];
    const { apis } = await fakeApi({
      "/api/v1/namespaces/shop/pods": (query) =>
        query.get("labelSelector") === "name=api" ? { items } : 404,
    });
    const pods = await readyPods(apis, workloadWith({ namespace: "shop", port: "8080" }));
    const ready = ["a", "beta"].map((name) => ({ namespace: "shop", pod: name, port: 8080 }));
    assert.deepEqual(pods, ready);
  });

  it("refuses an invalid port", async () => {
    const { code, stderr } = await runCommand("forward", ["--port", "65536"]);
    assert.equal(code, 1);
    assert.match(stderr, /--port is "65536"[^]*from 0 to 65535/);
  });
});
