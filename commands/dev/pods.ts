import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import type { KubeConfig, V1Pod } from "@kubernetes/client-node";
import type { Apis } from "../../cluster/connection/kubernetes-client";
import { connectTo, type PodPort } from "../../cluster/connection/port-forward";
import { containerOf, nameOf } from "../../cluster/objects/pods";
import { labelSelector, STABLE, type Workload } from "../../cluster/objects/workload";
import { UserError } from "../../common/problem";
import { CONTROL_PORT } from "./session";
import type { Served } from "./supervisor";

/** Code for the pods, bundled into one file. */
export interface Code {
  readonly version: string;
  readonly bytes: Uint8Array;
}

/** Code didn't become ready in a pod. The pod still serves its previous code. */
export class CodeRefused extends Error {}

/** How long the supervisor may wait for draining processes before it starts another, in milliseconds. */
const DRAIN_MS = 30_000;

/** The pods of a session, and the code that each pod serves. */
export class DevPods {
  /** The version that each pod serves, by the pod's uid. */
  readonly #versions = new Map<string, string>();
  /** The uid of the pod with an inspector, and the inspector's port. */
  #inspected: { readonly uid: string; readonly at: PodPort } | undefined;

  constructor(
    private readonly client: KubeConfig,
    private readonly apis: Pick<Apis, "core">,
    private readonly workload: Workload,
    private readonly inspect: boolean,
  ) {}

  /** The port of the pod's inspector, if a pod has one. */
  get inspectors(): readonly PodPort[] {
    return this.#inspected === undefined ? [] : [this.#inspected.at];
  }

  /**
   * Sends code to every pod that doesn't serve it yet, one after another.
   *
   * @returns how many pods now serve it, and how many could not be reached
   * @throws CodeRefused if the code isn't ready in a pod in time: the pods after it aren't tried. UserError if another
   * update has ended the session
   */
  async update(code: Code): Promise<{ readonly updated: number; readonly unreachable: number }> {
    const pods = await this.#list();
    if (this.#inspected && !pods.some((pod) => uidOf(pod) === this.#inspected?.uid))
      this.#inspected = undefined;
    let [updated, unreachable] = [0, 0];
    for (const pod of pods) {
      if (this.#versions.get(uidOf(pod)) === code.version) continue;
      if (await this.#send(pod, code)) updated += 1;
      else unreachable += 1;
    }
    return { updated, unreachable };
  }

  /** The running pods with a supervisor, oldest first. */
  async #list(): Promise<V1Pod[]> {
    const { namespace } = this.workload;
    const selected = { namespace, labelSelector: labelSelector(this.workload, { name: STABLE }) };
    const { items } = await this.apis.core.listNamespacedPod(selected);
    const running = items.filter(isRunning).sort((a, b) => madeAt(a) - madeAt(b));
    if (running.length > 0 && !running.some(isSupervised)) throw sessionEnded();
    return running.filter(isSupervised);
  }

  /** @returns whether the pod could be reached */
  async #send(pod: V1Pod, { version, bytes }: Code): Promise<boolean> {
    const [uid, name] = [uidOf(pod), nameOf(pod)];
    const inspect = this.inspect && (this.#inspected?.uid ?? uid) === uid;
    const { namespace } = this.workload;
    try {
      const answer = await this.#put(name, `/${version}${inspect ? "?inspect" : ""}`, bytes);
      const body = await text(answer);
      if (answer.statusCode !== 200) throw new CodeRefused(`${name}: ${body}`);
      const { inspectPort: port } = JSON.parse(body) as Served;
      if (port !== undefined) this.#inspected = { uid, at: { namespace, pod: name, port } };
      this.#versions.set(uid, version);
      return true;
    } catch (error) {
      if (error instanceof CodeRefused) throw error;
      return false;
    }
  }

  async #put(pod: string, path: string, bytes: Uint8Array): Promise<IncomingMessage> {
    const { namespace, startSeconds } = this.workload;
    const connection = await connectTo(this.client, { namespace, pod, port: CONTROL_PORT });
    const sent = request({
      method: "PUT",
      path,
      headers: { "Content-Length": bytes.length, Connection: "close" },
      createConnection: () => connection,
      signal: AbortSignal.timeout(startSeconds * 1000 + DRAIN_MS),
    });
    sent.end(bytes);
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    return answer;
  }
}

function isRunning(pod: V1Pod): boolean {
  return pod.metadata?.deletionTimestamp === undefined && containerOf(pod)?.state?.running !== undefined;
}

/** Whether a pod runs the supervisor, which is a script in an argument of Node.js. */
function isSupervised({ spec }: V1Pod): boolean {
  return spec?.containers[0]?.command?.[1] === "-e";
}

function uidOf({ metadata }: V1Pod): string {
  return metadata?.uid ?? "";
}

function madeAt({ metadata }: V1Pod): number {
  return new Date(metadata?.creationTimestamp ?? 0).getTime();
}

function sessionEnded(): UserError {
  return new UserError({
    what: "Another update of the stack has ended this session: its pods run the release again.",
    todo: "npm run dev, which begins another session",
  });
}
