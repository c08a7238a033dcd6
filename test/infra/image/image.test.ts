import assert from "node:assert/strict";
import { join } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import { NodeStore } from "../../../cluster/images/node-store";
import { buildImage } from "../../../infra/image";
import { makeNamespace } from "../../../infra/workload/namespace";
import { declared, declaredTypes, mockEngine, settled } from "../../support/mock-engine";

const store = new NodeStore({ host: "tcp://127.0.0.1:32771", certPath: "/certs" }, "api");

describe("the image", () => {
  beforeEach(() => mockEngine());

  it("is built in the node's daemon, tagged with its content, and pushed nowhere", async () => {
    const folder = join(process.cwd(), ".build/abc");
    const context = { folder, dockerfile: join(folder, "Dockerfile"), tag: "abc", warnings: [] };
    const image = buildImage("api", { ...context, target: "prod", args: { A: "1" } }, store, "the-id");
    assert.deepEqual(await settled(image), ["api:abc"]);
    const { host, certPath } = declared<Record<string, unknown>>("pulumi:providers:docker");
    assert.deepEqual([host, certPath], ["tcp://127.0.0.1:32771", "/certs"]);
    const { build, skipPush, buildOnPreview } = declared<Record<string, unknown>>("docker:index/image:Image");
    assert.deepEqual([skipPush, buildOnPreview], [true, false]);
    assert.deepEqual(build, {
      context: ".build/abc",
      dockerfile: ".build/abc/Dockerfile",
      platform: `linux/${process.arch === "x64" ? "amd64" : process.arch}`,
      args: { A: "1" },
      target: "prod",
      builderVersion: "BuilderBuildKit",
    });
  });
});

describe("the namespace", () => {
  beforeEach(() => mockEngine());

  it("is made, marked, and enforces the restricted standard", async () => {
    const provider = new k8s.Provider("here", { context: "m" });
    assert.deepEqual(await settled(makeNamespace("shop", { mark: "mine" }, { provider })), ["shop"]);
    const { metadata } = declared<{ metadata: object }>("kubernetes:core/v1:Namespace");
    assert.deepEqual(metadata, {
      name: "shop",
      labels: {
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/enforce-version": "latest",
      },
      annotations: { mark: "mine" },
    });
  });

  it("is not made if it is `default`", async () => {
    const provider = new k8s.Provider("here", { context: "m" });
    assert.deepEqual(await settled(makeNamespace("default", {}, { provider })), ["default"]);
    assert.ok(!declaredTypes().includes("kubernetes:core/v1:Namespace"));
  });
});
