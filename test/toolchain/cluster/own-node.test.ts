import assert from "node:assert/strict";
import { join } from "node:path";
import { needsOwnNode } from "../../../toolchain/cluster";
import type { Machine } from "../../../toolchain/machine";
import { VERSIONS } from "../../../toolchain/tools";
import { useServer } from "../../support/file-server";
import { useSandbox } from "../../support/sandbox";

/** RFC 6761 keeps this name from ever existing. */
const NOWHERE = "https://registry.invalid";

describe("a new node", () => {
  const sandbox = useSandbox();
  const server = useServer();

  const needs = (registries: readonly string[], machine: Partial<Machine> = {}) =>
    needsOwnNode({ ...sandbox().machine, ...machine }, sandbox().say, registries);
  const root = { debian: true, root: true };

  it("is minikube's own if the registries answer, whatever they answer", async () => {
    server().answers["/v2/"] = (response) => response.writeHead(401).end();
    assert.equal(await needs([server().url], root), false);
    assert.deepEqual(sandbox().notices, []);
  });

  it("is minikube's own if a registry fails only for a moment", async () => {
    server().answers["/v2/"] = (response) =>
      response.writeHead(server().requests.length > 1 ? 200 : 503).end();
    assert.equal(await needs([server().url], root), false);
    assert.deepEqual(server().requests, ["/v2/", "/v2/"]);
  });

  it("is made from source if a registry can't be reached and root can make one, with a notice", async () => {
    assert.equal(await needs([NOWHERE], root), true);
    assert.match(
      sandbox().notices.join(),
      /^registry\.invalid can't be reached \(.+\): building the node image from source/,
    );
  });

  it("is minikube's own for a user who can't make one: minikube has other sources", async () => {
    assert.equal(await needs([NOWHERE]), false);
    assert.match(
      sandbox().notices.join(),
      /^registry\.invalid can't be reached \(.+\): minikube tries its other sources/,
    );
  });

  /** minikube's cache with the images of Kubernetes in it. */
  function cacheWithKubernetes(): string {
    const cache = join(sandbox().machine.minikubeHome, "cache");
    sandbox().file(
      join(
        cache,
        "preloaded-tarball",
        `preloaded-images-k8s-v18-v${VERSIONS.kubernetes}-docker-overlay2-amd64.tar.lz4`,
      ),
      "",
    );
    return cache;
  }

  it("is minikube's own if all of it is in minikube's cache, and no registry is asked", async () => {
    const cache = cacheWithKubernetes();
    assert.equal(await needs([NOWHERE], root), true, "the images of Kubernetes alone won't do");
    sandbox().file(join(cache, "kic", "amd64", "kicbase_v0.0.48@sha256_7171.tar"), "");
    assert.equal(await needs([NOWHERE], root), false);
  });

  it("is minikube's own if its image is in Docker, as after `minikube delete`", async () => {
    cacheWithKubernetes();
    sandbox().script("docker", "echo node; echo gcr.io/k8s-minikube/kicbase");
    assert.equal(await needs([NOWHERE], root), false);
  });

  it("is made from source on a machine on which minikube's own does not run", async () => {
    server().answers["/v2/"] = "{}";
    assert.equal(await needs([server().url], { lacksSysResource: true }), true);
    assert.match(sandbox().notices.join(), /CAP_SYS_RESOURCE/);
  });
});
