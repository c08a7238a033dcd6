import { LogFormatter } from "../logs/format";
import { Logs, type Listener } from "../logs/follow";
import { isColoured } from "../terminal/colours";
import type { Apis } from "../../cluster/connection/kubernetes-client";
import type { Deployed } from "../deployed";

const lines = new LogFormatter(isColoured(process.stdout));
const notices = new LogFormatter(isColoured(process.stderr));
const listener: Listener = { line: (line) => console.log(lines.line(line)), notice: announce };

/** Prints a message about a save, in another style than the lines of the pods. */
export function announce(text: string): void {
  console.error(notices.notice(text));
}

let following = false;

/** Prints the pods' logs from now on. Further calls do nothing. */
export async function followLogs(apis: Apis, deployed: Deployed): Promise<void> {
  if (following) return;
  following = true;
  const logs = new Logs(apis, deployed, { sinceSeconds: 1 }, listener);
  await logs.showExisting();
  void logs.follow();
}

/** @param at in milliseconds of `performance.now()` */
export function secondsSince(at: number): string {
  return ((performance.now() - at) / 1000).toFixed(2);
}
