import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";

/** A resource that a program declared, with its inputs as the engine gets them. */
export interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

let all: Declared[] = [];

/** Replaces Pulumi's engine by a mock that notes every resource and makes none. */
export async function mockEngine(): Promise<void> {
  all = [];
  const newResource = ({ type, name, inputs }: pulumi.runtime.MockResourceArgs) => {
    all.push({ type, name, inputs: inputs as Record<string, unknown> });
    return {
      id: `${name}-id`,
      state: type.startsWith("kubernetes:") ? named(name, inputs as Named) : (inputs as object),
    };
  };
  await pulumi.runtime.setMocks(
    { newResource, call: ({ inputs }) => inputs as Record<string, unknown> },
    "shop",
    "test",
  );
}

interface Named {
  readonly metadata?: object;
}

/** Names an object without a name, as Pulumi does. */
function named(name: string, inputs: Named): Named {
  return { ...inputs, metadata: { name, ...inputs.metadata } };
}

/** Waits until outputs have their values. */
export function settled(...outputs: pulumi.Output<unknown>[]): Promise<unknown[]> {
  return new Promise((resolve) => pulumi.all(outputs).apply(resolve));
}

/** All resources of a type, in the order in which they were declared. */
export function declaredOf(type: string): readonly Declared[] {
  return all.filter((resource) => resource.type === type);
}

/** The inputs of the one resource of a type. */
export function declared<T>(type: string): T {
  const found = declaredOf(type);
  assert.equal(found.length, 1, `${found.length} of ${type}`);
  return found[0]!.inputs as T;
}

/** All resources, in the order in which they were declared. */
export function declaredResources(): readonly Declared[] {
  return all;
}

/** The inputs of all objects for a cluster. */
export function declaredObjects(): Record<string, unknown>[] {
  return all.filter(({ type }) => type.startsWith("kubernetes:")).map(({ inputs }) => inputs);
}

/** The types of all resources, in the order in which they were declared. */
export function declaredTypes(): string[] {
  return all.map(({ type }) => type);
}
