import type { Stack } from "@pulumi/pulumi/automation";
import type { Pin } from "../../cluster/releases/pin";

const KEY = "rolledBack";

/** Writes into the stack's config which release is deployed in place of the code's; undefined for the code's own. */
export async function setPin(stack: Stack, pin: Pin | undefined): Promise<void> {
  if (pin === undefined) await stack.removeConfig(KEY);
  // As one text: with a path, Pulumi takes a tag of digits only for a number.
  else await stack.setConfig(KEY, { value: JSON.stringify({ from: pin.from, to: pin.to }) });
}
