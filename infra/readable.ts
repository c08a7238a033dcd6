import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../common/problem";
import { forStack } from "../common/stack-hints";

/** Runs the program, or a part of it. What a person can mend is shown by the engine as it is; a bug keeps its stack. */
export async function readable<T>(program: () => Promise<T>): Promise<T> {
  try {
    return await program();
  } catch (error) {
    throw error instanceof UserError ? messageOnly(error) : error;
  }
}

/**
 * Without a stack, which nobody sees: Pulumi formats it all the same, and as the stack quotes the lines of bundled
 * code, that takes ten seconds and a gigabyte.
 */
function messageOnly({ message }: UserError): pulumi.RunError {
  const error = new pulumi.RunError(forStack(message, pulumi.getStack()));
  delete error.stack;
  return error;
}

/** Says something without making the update fail, with the stack's name in the commands that it suggests. */
export function warn(text: string, resource?: pulumi.Resource): Promise<void> {
  return pulumi.log.warn(forStack(text, pulumi.getStack()), resource);
}
