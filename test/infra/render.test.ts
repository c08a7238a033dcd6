import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { NodeStore } from "../../cluster/images/node-store";
import type { Config } from "../../infra/config";
import { render } from "../../infra/render";
import { configOf } from "../support/config";
import { declareStack } from "../support/service";

interface Manifest {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly annotations?: object };
}

const local = (name: string) => new NodeStore({ host: "" }, name);
/** A registry that has no image yet, and wants credentials. */
const registry = {
  pullPolicy: "IfNotPresent" as const,
  imageOf: (tag: string) => Promise.resolve(`ghcr.io/me/api:${tag}`),
  pullSecret: () => Promise.resolve('{"auths":{"ghcr.io":{"password":"hunter2"}}}'),
};

describe("npm run render", () => {
  const everything = configOf(
    {
      namespace: "shop",
      tracks: '{"beta":{"autoscale":{"max":4},"env":{"A":"b"}}}',
      podMonitor: "true",
      egress: '[{"cidr":"10.0.0.7/32","port":5432}]',
      env: '{"TOKEN":"s3cret"}',
      writable: '{"/data":"1Gi"}',
      ready: '{"tcp":3000}',
    },
    ["env"],
  );

  it("writes what the program declares, except Secrets and annotations", async () => {
    const bare = configOf({ networkPolicy: "false", metricsPort: "0", user: "0", autoscale: '{"max":3}' });
    const routed = configOf({ expose: "Gateway", gateway: '{"name":"public"}' });
    for (const each of [configOf(), bare, everything, routed]) await assertSame(each);
  });

  it("writes the same bytes each time, with the namespace first", async () => {
    const [first, second] = [
      await render(everything, "abc", registry),
      await render(everything, "abc", registry),
    ];
    assert.equal(first.yaml, second.yaml);
    assert.match(first.yaml, /^apiVersion: v1\nkind: Namespace\n/);
  });

  it("writes no secret, and says which Secrets are needed and which image isn't pushed", async () => {
    const { yaml, notices } = await render(everything, "abc", registry);
    assert.doesNotMatch(yaml, /s3cret|hunter2|kind: Secret/);
    assert.match(yaml, /secretKeyRef:\n +name: api-env\n +key: TOKEN\n/);
    assert.match(yaml, /imagePullSecrets:\n +- name: api-pull\n/);
    assert.match(
      notices.join("\n"),
      /api:abc isn't in the registry[^]*Secret api-env with TOKEN[^]*Secret api-pull/,
    );
    const pushed = {
      ...registry,
      imageOf: () => Promise.resolve("ghcr.io/me/api@sha256:0"),
      pullSecret: () => Promise.resolve(undefined),
    };
    assert.deepEqual((await render(configOf(), "abc", pushed)).notices, []);
  });

  it("writes text so that kubectl reads it as text", async () => {
    const env = JSON.stringify({ A: "1_000", B: "on", C: "012", D: "2001-01-01" });
    const { yaml } = await render(configOf({ env }), "abc", local("api"));
    for (const text of ['"1_000"', '"on"', '"012"', '"2001-01-01"'])
      assert.ok(yaml.includes(`value: ${text}\n`), text);
  });
});

async function assertSame(each: Config): Promise<void> {
  const objects = await declareStack(each, { nodePort: each.nodePort });
  const declared = objects.filter(({ kind }) => kind !== "Secret") as Manifest[];
  const { yaml } = await render(each, "abc", local(each.name));
  assert.deepEqual(comparable(parsed(yaml)), comparable(declared));
}

function parsed(yaml: string): Manifest[] {
  return parseAllDocuments(yaml, { version: "1.1" }).map((document) => document.toJS() as Manifest);
}

/** Manifests without their annotations, by kind and name. */
function comparable(objects: readonly Manifest[]): unknown {
  const plain = objects.map(({ metadata, ...object }): Manifest => {
    return JSON.parse(
      JSON.stringify({ ...object, metadata: { ...metadata, annotations: undefined } }),
    ) as Manifest;
  });
  return Object.fromEntries(plain.map((object) => [`${object.kind} ${object.metadata?.name}`, object]));
}
