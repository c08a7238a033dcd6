import * as pulumi from "@pulumi/pulumi";
import { clusterError } from "../cluster/connection/kubernetes-client";
import { UserError } from "../common/problem";
import { forStack } from "../common/stack-hints";

/** Runs a part of the program. The engine shows only the message of a UserError, and any other error with its stack. */
export async function withReadableErrors<T>(program: () => Promise<T>): Promise<T> {
  try {
    return await program();
  } catch (error) {
    const readable = clusterError(error) ?? error;
    throw readable instanceof UserError ? messageOnly(readable) : readable;
  }
}

/** An error without a stack: Pulumi formats a stack even if it isn't shown, which takes ten seconds for bundled code. */
function messageOnly({ message }: UserError): pulumi.RunError {
  const error = new pulumi.RunError(forStack(message, pulumi.getStack()));
  delete error.stack;
  return error;
}

/** Prints a warning, with the stack's name in the commands that it suggests. */
export function warn(text: string, resource?: pulumi.Resource): Promise<void> {
  return pulumi.log.warn(forStack(text, pulumi.getStack()), resource);
}
