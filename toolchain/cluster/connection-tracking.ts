import { attempt } from "../command";
import type { Say } from "../step";
import type { Minikube } from "./minikube";

/**
 * Lifetime of an unanswered connection in the node's conntrack table, in seconds. An answer comes sooner. Linux' own 120
 * are too long behind a Service: while the node starts, connections go to addresses that pods had before, and a client
 * that connects again from the same port goes there again, which renews the entry. Under a steady load it never ends.
 * (nf_conntrack_tcp_timeout_syn_sent, https://docs.kernel.org/networking/nf_conntrack-sysctl.html)
 */
const UNANSWERED_SECONDS = 2;

const SETTING = `net.netfilter.nf_conntrack_tcp_timeout_syn_sent = ${UNANSWERED_SECONDS}`;
/** The node reads it at each start. */
const FILE = "/etc/sysctl.d/60-koa-on-minikube.conf";

/** Shortens the life of unanswered connections in the node of a profile, for now and for later starts. */
export async function forgetUnanswered(
  { file, machine }: Minikube,
  profile: string,
  say: Say,
): Promise<void> {
  // -e: a kernel without this setting is no error.
  const command = `echo '${SETTING}' | sudo tee ${FILE} && sudo sysctl -e --load ${FILE}`;
  const args = ["ssh", "-p", profile, "--", command];
  const { exitCode, output } = await attempt(file, args, { env: machine.env });
  if (exitCode === 0) return;
  // The cluster works without it: a stop and a start under load may lose requests for longer.
  const reason = output.trim().split("\n").at(-1) ?? "";
  say(`the lifetime of unanswered connections in the node could not be set (${reason})`, "notice");
}
