import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../common/problem";

/** Runs the program. What a person can mend is shown by the engine as it is; a bug keeps its stack. */
export async function readable<T>(program: () => Promise<T>): Promise<T> {
  try {
    return await program();
  } catch (error) {
    throw error instanceof UserError ? new pulumi.RunError(error.message) : error;
  }
}
