import assert from "node:assert/strict";
import { join } from "node:path";
import { findProfile } from "../../../cluster/kinds/minikube/find-profile";
import { folderWith } from "../../support/folder";
import { refusal } from "../../support/problems";

/** A kubeconfig: each context with the cluster that it leads to, and each cluster with its certificate authority. */
function kubeconfig(contexts: Record<string, string>, authorities: Record<string, string>): string {
  return JSON.stringify({
    contexts: Object.entries(contexts).map(([name, cluster]) => ({
      name,
      context: { cluster, user: cluster },
    })),
    clusters: Object.entries(authorities).map(([name, file]) => ({
      name,
      cluster: { server: "https://10.0.0.1:8443", "certificate-authority": file },
    })),
    users: [],
  });
}

function places(config: string, profiles: readonly string[] = []) {
  const made = profiles.map((name) => [`minikube/profiles/${name}/config.json`, "{}"]);
  const folder = folderWith({ config, ...(Object.fromEntries(made) as Record<string, string>) });
  return { kubeconfigs: [join(folder, "config")], minikubeHome: join(folder, "minikube") };
}

describe("the minikube profile of a kube context", () => {
  const table: readonly (readonly [title: string, contexts: Record<string, string>, profile: string])[] = [
    ["has the context's name", { work: "work" }, "work"],
    ["is the context's cluster after `kubectl config rename-context`", { work: "shop" }, "shop"],
    ["has the context's name if `minikube stop` has removed the context", {}, "work"],
  ];
  for (const [title, contexts, profile] of table) {
    it(title, async () => {
      assert.equal(await findProfile({ context: "work" }, places(kubeconfig(contexts, {}))), profile);
    });
  }

  it("is that of a renamed context's cluster, also while the cluster is stopped", async () => {
    const stopped = places(kubeconfig({ work: "shop" }, {}), ["shop"]);
    assert.equal(await findProfile({ context: "work" }, stopped), "shop");
  });

  it("is none if the context leads to another cluster", async () => {
    const other = places(kubeconfig({ work: "prod" }, { prod: "/etc/prod.crt" }));
    assert.equal(await findProfile({ context: "work" }, other), undefined);
  });

  it("is none if the context of another cluster is missing in this shell: no profile is created in its place", async () => {
    const empty = places(kubeconfig({}, {}));
    assert.equal(await findProfile({ context: "prod", registry: "ghcr.io/me" }, empty), undefined);
    assert.equal(await findProfile({ context: "kind-kind" }, empty), undefined);
  });

  it("is never created under the name of another cluster, whose entry minikube would overwrite", async () => {
    const other = places(kubeconfig({ minikube: "prod" }, { prod: "/etc/prod.crt", work: "/etc/work.crt" }));
    for (const context of ["minikube", "work"]) {
      assert.match(
        await refusal(findProfile({ context }, other)),
        /is not one of minikube's, which would overwrite its entry/,
      );
    }
  });

  it("may be created again if a deleted minikube cluster left its entry behind", async () => {
    const left = places(kubeconfig({ work: "work" }, { work: "minikube/ca.crt" }));
    assert.equal(await findProfile({ context: "work" }, left), "work");
  });
});
