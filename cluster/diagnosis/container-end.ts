import type { V1Pod } from "@kubernetes/client-node";
import { nameOf, type End } from "../objects/pods";
import { trackOf, type Workload } from "../objects/workload";

/** The line with which a program names its error: in Node.js and Java a stack follows, in Go the goroutines. */
const ERROR_LINE = /^(?:Caused by: )?(?:[\w.$ ]*(?:Error|Exception)(?: \[\w+\])?|panic|fatal error): /i;

/** For example `exit code 1 (Error), its last words: Error: DATABASE_URL is not set`. */
export function describeEnd({ reason, exitCode, message }: End): string {
  const lines = message.split("\n");
  const lastWords = lines.findLast((line) => ERROR_LINE.test(line)) ?? lines.at(-1) ?? "";
  const words = lastWords === "" ? "" : `, its last words: ${lastWords}`;
  return `exit code ${exitCode} (${reason})${words}`;
}

/** The command that shows a pod's log. */
export function logsOf(pod: V1Pod): string {
  return `npm run logs -- --pod ${nameOf(pod)}`;
}

/** What to do about a container's end. */
export function remedyFor(pod: V1Pod, end: End, workload: Workload): string {
  if (end.reason === "OOMKilled") {
    const { resources, resourcesKey } = trackOf(workload, pod);
    const limit = `npx pulumi config set --path ${resourcesKey}.limits.memory <more than ${resources.limits.memory}>`;
    return `it needs more memory (${limit}, then npm run up), or it leaks: ${logsOf(pod)}`;
  }
  return `${refused(pod, end) ?? `${logsOf(pod)}, fix the cause`}, then npm run up`;
}

/** What to do if the pod's settings forbid what the container tried: every language has the system's words for it. */
function refused({ spec }: V1Pod, { message }: End): string | undefined {
  if (/EROFS|read-only file ?system/i.test(message))
    return `its file system is read-only; for a folder to write to: npx pulumi config set --path 'writable["/folder"]' 64Mi`;
  // Not `permission denied for table t`, as a database says, nor `Permission denied (publickey)`.
  if (/EACCES|permission denied(?! for| \()/i.test(message))
    return `it runs as the user ${spec?.securityContext?.runAsUser}: let that user read the image's files, or: npx pulumi config set user NUMBER`;
  return undefined;
}
