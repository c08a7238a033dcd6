import assert from "node:assert/strict";
import { KubernetesObjectApi, type KubernetesObject } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { orUndefined } from "../../cluster/connection/kubernetes-client";
import { FIRST_NODE_PORT } from "../../common/node-ports";
import { UserError } from "../../common/problem";
import type { Config } from "../../infra/config";
import { core, kubeConfig } from "../e2e/harness/cluster";
import { beginsDeployed, story } from "../e2e/harness/story";
import { keys, plausible } from "../support/config-arbitraries";
import { configOf } from "../support/config";
import { declareStack } from "../support/service";

/** An empty namespace, in which no name is taken. */
const NAMESPACE = "accepted-config";
/** The values differ each time. A failure prints its seed, and CONFIG_SEED repeats it. */
const seed = Number(process.env.CONFIG_SEED ?? Date.now() % 2 ** 31);

story("no config that is accepted is refused by the API server", () => {
  beginsDeployed();

  let taken: (number | undefined)[];
  let api: KubernetesObjectApi;
  before("an empty namespace", async () => {
    await core().createNamespace({ body: { metadata: { name: NAMESPACE } } });
    api = KubernetesObjectApi.makeApiClient(kubeConfig());
    const { items } = await core().listServiceForAllNamespaces();
    taken = items.flatMap(({ spec }) => spec?.ports?.map(({ nodePort }) => nodePort) ?? []);
  });
  after(() => orUndefined(core().deleteNamespace({ name: NAMESPACE })));

  for (const key of keys) {
    it(`${key} by itself`, () =>
      survives(
        acceptable(key).map((value) => withNeeded(key, value)),
        15,
      ));
  }

  it("all keys together", () => {
    const all = keys.map((key) => fc.tuple(fc.constant(key), acceptable(key)));
    const some = fc.tuple(...all).chain((entries) => fc.shuffledSubarray(entries));
    return survives(some.map(together), 60);
  });

  it("and every kind of object was tried", () => {
    const guards = ["HorizontalPodAutoscaler", "NetworkPolicy", "PodDisruptionBudget"];
    const made = ["Deployment", "Namespace", "Secret", "Service", ...guards];
    assert.deepEqual([...tried].sort(), made.sort());
  });

  async function survives(configs: fc.Arbitrary<Record<string, string>>, numRuns: number): Promise<void> {
    const property = fc.asyncProperty(configs, fc.boolean(), async (values, isSecret) => {
      const config = accepted(values, isSecret ? ["env"] : []);
      fc.pre(config !== undefined && !taken.includes(config.nodePort ?? FIRST_NODE_PORT));
      for (const object of await declareStack(config)) await dryRun(api, withoutEnvelopes(object));
    });
    await fc.assert(property, { seed, numRuns, endOnFailure: true });
  }
});

/** The kinds of the objects that the API server accepted. */
const tried = new Set<string>();

function acceptable(key: (typeof keys)[number]): fc.Arbitrary<string> {
  return plausible[key].filter((value) => accepted(withNeeded(key, value)) !== undefined);
}

/** A key's value, with the other key that it needs. */
function withNeeded(key: (typeof keys)[number], value: string): Record<string, string> {
  return {
    ...(key === "gateway" && { expose: "Gateway" }),
    ...(key === "storageClass" && { writable: '{"/data":"1Gi"}' }),
    [key]: value,
  };
}

/** As many entries as are accepted together: some keys exclude others, or need them. */
function together(entries: [(typeof keys)[number], string][]): Record<string, string> {
  let kept = {};
  for (const [key, value] of entries) {
    const more = { ...kept, ...withNeeded(key, value) };
    if (accepted(more) !== undefined) kept = more;
  }
  return kept;
}

function accepted(values: Readonly<Record<string, string>>, secret: string[] = []): Config | undefined {
  try {
    return configOf(values, secret);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Unwraps secrets, as the engine does. */
function withoutEnvelopes(object: Record<string, unknown>): KubernetesObject {
  const open = (_: string, value: unknown): unknown => pulumi.runtime.unwrapRpcSecret(value);
  return JSON.parse(JSON.stringify(object), open) as KubernetesObject;
}

/** Creates an object as a dry run: the API server checks it, and doesn't keep it. */
async function dryRun(api: KubernetesObjectApi, object: KubernetesObject): Promise<void> {
  // Not every cluster has these kinds. The program reports it.
  if (object.kind === "PodMonitor" || object.kind === "HTTPRoute") return;
  const metadata = { name: "named-by-pulumi", ...object.metadata };
  if (object.kind === "Namespace") {
    // An existing namespace belongs to somebody else. The program reports it before it declares anything.
    if (await orUndefined(core().readNamespace({ name: String(metadata.name) }))) return;
  } else metadata.namespace = NAMESPACE;
  const created = await api.create({ ...object, metadata }, undefined, "All");
  assert.equal(created.kind, object.kind);
  tried.add(String(object.kind));
}
