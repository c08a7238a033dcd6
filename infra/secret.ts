import * as pulumi from "@pulumi/pulumi";

/** Marks values as secret, which keeps them out of the state and of every output in plain text. */
export function secretly(values: Readonly<Record<string, string>>): Record<string, pulumi.Input<string>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, pulumi.secret(value)]));
}
