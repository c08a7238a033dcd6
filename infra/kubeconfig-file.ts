import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import * as z from "zod";
import { UserError } from "../common/problem";

/** The part of a client configuration that minikube writes: certificates, as files or (`--embed-certs`) in place. */
const cluster = z.object({
  server: z.string(),
  "certificate-authority": z.string().optional(),
  "certificate-authority-data": z.string().optional(),
  "insecure-skip-tls-verify": z.boolean().optional(),
});
const user = z.object({
  "client-certificate": z.string().optional(),
  "client-certificate-data": z.string().optional(),
  "client-key": z.string().optional(),
  "client-key-data": z.string().optional(),
});
const content = z.object({
  clusters: listOf(z.object({ name: z.string(), cluster })),
  users: listOf(z.object({ name: z.string(), user: user.nullish().transform((value) => value ?? {}) })),
  contexts: listOf(
    z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string().optional() }) }),
  ),
});

/** An empty list is written as `null`. */
function listOf<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
}

/** A Kubernetes client configuration file. */
export interface KubeconfigFile extends z.infer<typeof content> {
  readonly file: string;
}

/** @throws {UserError} where the file isn't what it should be */
export function readKubeconfig(file: string): KubeconfigFile {
  const parsed = orUnreadable(file, (named) => content.parse(load(readFileSync(named, "utf8")) ?? {}));
  return { file, ...parsed };
}

/** Does something with a file. @throws {UserError} where that fails */
export function orUnreadable<T>(file: string, work: (file: string) => T): T {
  try {
    return work(file);
  } catch (error) {
    throw new UserError({
      what: `The Kubernetes client configuration can't be read: ${reason(error as Error)}`,
      where: file,
      todo: "Mend the file, or name another in KUBECONFIG.",
    });
  }
}

function reason(error: Error): string {
  return error instanceof z.ZodError ? z.prettifyError(error) : error.message;
}
