import { attempt } from "../command";
import type { Say } from "../step";
import type { Minikube } from "./minikube";
import { readProfile } from "./profile";

/**
 * Lifetime of an unanswered connection in the node's conntrack table, in seconds. Answers come sooner. Linux' default of
 * 120 is too long behind a Service: while the node starts, connections go to the earlier addresses of pods. A client that
 * tries again from the same port goes there again, which renews the entry: under a steady load, it never expires.
 * (nf_conntrack_tcp_timeout_syn_sent, https://docs.kernel.org/networking/nf_conntrack-sysctl.html)
 */
const UNANSWERED_SECONDS = 2;

const SETTING = `net.netfilter.nf_conntrack_tcp_timeout_syn_sent = ${UNANSWERED_SECONDS}`;
/** The node reads this file at each start. */
const FILE = "/etc/sysctl.d/60-koa-on-minikube.conf";

/** Shortens the lifetime of unanswered connections in each node of a profile, now and for later starts. */
export async function shortenUnanswered(minikube: Minikube, profile: string, say: Say): Promise<void> {
  const { nodes = [] } = readProfile(minikube.machine, profile) ?? {};
  for (const node of nodes) await shortenUnansweredIn(node, minikube, profile, say);
}

async function shortenUnansweredIn(
  node: string,
  { file, machine }: Minikube,
  profile: string,
  say: Say,
): Promise<void> {
  // -e ignores a kernel without this setting.
  const command = `echo '${SETTING}' | sudo tee ${FILE} && sudo sysctl -e --load ${FILE}`;
  const args = ["ssh", "-p", profile, ...(node === "" ? [] : ["-n", node]), "--", command];
  const { exitCode, output } = await attempt(file, args, { env: machine.env });
  if (exitCode === 0) return;
  // The cluster works without it, but may lose requests for longer after a start under load.
  const reason = output.trim().split("\n").at(-1) ?? "";
  say(
    `the lifetime of unanswered connections in the node ${node || profile} could not be set (${reason})`,
    "notice",
  );
}
