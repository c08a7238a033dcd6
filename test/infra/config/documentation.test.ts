import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../../common/root";
import { withTable } from "../../../infra/config/reference";
import { documentationOf, type Key, keys } from "../../../infra/config/schema";

const defaultOf = (key: string): unknown => keys[key as Key].parse(undefined);
const read = (...path: string[]) => readFileSync(join(ROOT, ...path), "utf8");
const readYaml = async <T>(name: string): Promise<T> =>
  (await import("@kubernetes/client-node")).loadYaml<T>(read(name));

interface Template {
  readonly config: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
}

describe("the documentation of the config keys", () => {
  it("is in docs/config.md for every key, as in the schema (npm run docs updates it)", () => {
    const page = read("docs", "config.md");
    assert.equal(page, withTable(page));
    for (const key of Object.keys(keys)) assert.ok(page.includes(`| \`${key}\` |`), key);
  });

  for (const key of Object.keys(keys) as Key[]) {
    it(`has a valid example for ${key}`, () => {
      const [name, value] = given(documentationOf(key).example);
      assert.equal(name, key);
      keys[key].parse(value);
    });
  }

  it("is the same in the template of `pulumi new`, defaults included", async () => {
    const { template } = await readYaml<{ template: Template }>("Pulumi.yaml");
    const asked = Object.entries(template.config);
    assert.ok(asked.length > 0);
    for (const [key, { description, default: value }] of asked) {
      assert.equal(description, documentationOf(key as Key).description, key);
      assert.equal(value, String(defaultOf(key)), key);
    }
  });

  it("has the same defaults in Pulumi.dev.yaml", async () => {
    const { config } = await readYaml<{ config: Readonly<Record<string, unknown>> }>("Pulumi.dev.yaml");
    const { labels, ...others } = config;
    assert.deepEqual(labels, { maturityStage: "dev", tier: "backend" });
    assert.ok(Object.keys(others).length > 0);
    for (const [key, value] of Object.entries(others)) assert.deepEqual(value, defaultOf(key), key);
  });
});

/** The key and the value that `npx pulumi config set` makes of its arguments. */
function given(example: string): [key: string, value: string] {
  const words = [...example.matchAll(/'([^']*)'|[^ ]+/g)].map(([word, quoted]) => quoted ?? word);
  const [path = "", value = ""] = words.filter((word) => word !== "--path");
  const [key = "", ...below] = [...path.matchAll(/[^.[\]"]+/g)].map(String);
  const text = value.replaceAll("TAG", "0123456789ab");
  if (below.length === 0) return [key, text];
  const inner = below.reduceRight<unknown>((it, name) => (name === "0" ? [it] : { [name]: it }), text);
  return [key, JSON.stringify(inner)];
}
