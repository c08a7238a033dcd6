import { run } from "../command";
import type { Minikube } from "./minikube";

/**
 * Seconds for which the node remembers where it led a connection that nobody has answered: longer than an answer
 * takes from anywhere, and no longer. Linux' own 120 are too long behind a Service: while the node starts, that leads
 * to the addresses which pods had before, and whoever connects again from the same port is led there again, which
 * renews the memory. Under a steady load it never ends.
 * (nf_conntrack_tcp_timeout_syn_sent, https://docs.kernel.org/networking/nf_conntrack-sysctl.html)
 */
const UNANSWERED = 2;

const SETTING = `net.netfilter.nf_conntrack_tcp_timeout_syn_sent = ${UNANSWERED}`;
/** Read whenever the node starts. */
const FILE = "/etc/sysctl.d/60-koa-on-minikube.conf";

/** Has the node of a profile forget soon where unanswered connections were led, also after a stop and a start. */
export async function forgetUnanswered({ file, machine }: Minikube, profile: string): Promise<void> {
  // -e: a kernel that doesn't have this setting is no reason to do without a cluster.
  const command = `echo '${SETTING}' | sudo tee ${FILE} && sudo sysctl -e --load ${FILE}`;
  await run(file, ["ssh", "-p", profile, "--", command], { env: machine.env });
}
