import assert from "node:assert/strict";
import type { V1ReplicaSet } from "@kubernetes/client-node";
import { type Apis } from "../../../cluster/connection/kubernetes-client";
import { pruneImages } from "../../../cluster/images/prune";
import { ago, deploymentAt, replicaSet, workloadWith } from "../../support/rollout";
import { fakeApi } from "../../support/fake-cluster";

const api = workloadWith();

/** A cluster with the ReplicaSets of the Deployment, those of others, and pods of these images. */
async function cluster(own: V1ReplicaSet[], others: V1ReplicaSet[] = [], pods: string[] = []): Promise<Apis> {
  const { apis } = await fakeApi({
    "/apis/apps/v1/namespaces/default/deployments": { items: [deploymentAt(9)] },
    "/apis/apps/v1/namespaces/default/replicasets": { items: own },
    "/apis/apps/v1/replicasets": { items: [...own, ...others] },
    "/api/v1/pods": { items: pods.map((image) => ({ spec: { containers: [{ name: "c", image }] } })) },
  });
  return apis;
}

/** A daemon with images of these tags, newest first. Those in `busy` can't be removed. */
function daemon(tags: readonly string[], busy: readonly string[] = []) {
  const newestFirst = () => Promise.resolve(tags.map((tag, index) => ({ tag, builtAt: ago(index) })));
  const remove = (tag: string) =>
    busy.includes(tag) ? Promise.reject(new Error("a container is of it")) : Promise.resolve();
  return { newestFirst, remove };
}

const tags = ["h", "g", "f", "e", "d", "c", "b", "a"];

describe("the images of old releases", () => {
  it("are removed, except for the last five that were built", async () => {
    assert.deepEqual(await pruneImages(daemon(tags), await cluster([]), api), ["c", "b", "a"]);
  });

  it("stay while they belong to the Deployment's last five revisions", async () => {
    const revisions = ["a", "b", "c", "x", "y", "z"].map((release, index) =>
      replicaSet({ release, revision: index + 1 }),
    );
    assert.deepEqual(await pruneImages(daemon(tags), await cluster(revisions), api), ["a"]);
  });

  it("stay if another stack could roll back to them, in any namespace", async () => {
    const theirs = replicaSet({ release: "a", revision: 1 });
    const others = [{ ...theirs, metadata: { name: "api-1", namespace: "team-b", uid: "theirs" } }];
    assert.deepEqual(await pruneImages(daemon(tags), await cluster([], others), api), ["c", "b"]);
  });

  it("stay if a pod or a container runs them", async () => {
    const gone = await pruneImages(daemon(tags, ["c"]), await cluster([], [], ["api:b", "other:a"]), api);
    assert.deepEqual(gone, ["a"]);
  });
});
