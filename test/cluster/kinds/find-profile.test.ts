import assert from "node:assert/strict";
import { join } from "node:path";
import { findProfile, findProfileToStart } from "../../../cluster/kinds/minikube/find-profile";
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
      assert.equal(await findProfile("work", places(kubeconfig(contexts, {}))), profile);
      assert.equal(await findProfileToStart("work", places(kubeconfig(contexts, {}))), profile);
    });
  }

  it("is the renamed context's cluster while it is stopped: `minikube stop` leaves that context behind", async () => {
    const stopped = places(kubeconfig({ work: "shop" }, {}), ["shop"]);
    assert.equal(await findProfileToStart("work", stopped), "shop");
  });

  it("is never created under the name of another cluster, whose entry minikube would overwrite", async () => {
    const other = places(kubeconfig({ work: "prod" }, { prod: "/etc/prod.crt" }));
    assert.match(
      await refusal(findProfileToStart("work", other)),
      /The context work leads to the cluster prod, which is not a minikube cluster[^]*config set context minikube/,
    );
  });

  it("may be created again if a deleted minikube cluster left its entry behind", async () => {
    const left = places(kubeconfig({ work: "work" }, { work: "minikube/ca.crt" }));
    assert.equal(await findProfileToStart("work", left), "work");
  });
});
