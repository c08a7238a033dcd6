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

/** Code for the pods, in one file. */
export interface Code {
  readonly version: string;
  readonly bytes: Uint8Array;
}

/** Code didn't become ready in a pod, which serves the code that it had. */
export class CodeRefused extends Error {}

/** The supervisor may wait for processes that drain, besides for the one that starts. In milliseconds. */
const ANSWER_MS = 30_000;

/** The pods of a session, and the code that each of them serves. */
export class DevPods {
  /** The version that each pod took last, by the pod's uid. */
  readonly #versions = new Map<string, string>();
  /** The uid of the pod that is inspected, and where its inspector listens. */
  #inspected: { readonly uid: string; readonly at: PodPort } | undefined;

  constructor(
    private readonly client: KubeConfig,
    private readonly apis: Pick<Apis, "core">,
    private readonly workload: Workload,
    private readonly inspect: boolean,
  ) {}

  /** Where the inspector of one pod listens, if one does. */
  get inspectors(): readonly PodPort[] {
    return this.#inspected === undefined ? [] : [this.#inspected.at];
  }

  /**
   * Has every pod serve code, one after another. One that can't be reached is left for the next time.
   *
   * @returns how many pods took it, and how many didn't
   * @throws CodeRefused by the first pod in which the code isn't ready in time; those behind it aren't asked. UserError
   * if somebody else has ended the session
   */
  async bring(code: Code): Promise<{ readonly taken: number; readonly missing: number }> {
    const pods = await this.#list();
    if (this.#inspected && !pods.some((pod) => uidOf(pod) === this.#inspected?.uid))
      this.#inspected = undefined;
    let [taken, missing] = [0, 0];
    for (const pod of pods) {
      if (this.#versions.get(uidOf(pod)) === code.version) continue;
      if (await this.#send(pod, code)) taken += 1;
      else missing += 1;
    }
    return { taken, missing };
  }

  /** The pods that run, oldest first. */
  async #list(): Promise<V1Pod[]> {
    const { namespace } = this.workload;
    const selected = { namespace, labelSelector: labelSelector(this.workload, { name: STABLE }) };
    const { items } = await this.apis.core.listNamespacedPod(selected);
    const running = items.filter(isRunning).sort((a, b) => madeAt(a) - madeAt(b));
    if (running.length > 0 && !running.some(isSupervised)) throw ended();
    return running.filter(isSupervised);
  }

  /** @returns whether the pod could be reached */
  async #send(pod: V1Pod, { version, bytes }: Code): Promise<boolean> {
    const [uid, name] = [uidOf(pod), nameOf(pod)];
    const inspect = this.inspect && (this.#inspected?.uid ?? uid) === uid;
    const { namespace } = this.workload;
    try {
      const answer = await this.#put(name, `/${version}${inspect ? "?inspect" : ""}`, bytes);
      const said = await text(answer);
      if (answer.statusCode !== 200) throw new CodeRefused(`${name}: ${said}`);
      const { inspectPort: port } = JSON.parse(said) as Served;
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
      signal: AbortSignal.timeout(startSeconds * 1000 + ANSWER_MS),
    });
    sent.end(bytes);
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    return answer;
  }
}

function isRunning(pod: V1Pod): boolean {
  return pod.metadata?.deletionTimestamp === undefined && containerOf(pod)?.state?.running !== undefined;
}

/** The supervisor is a script, given to Node.js as an argument. */
function isSupervised({ spec }: V1Pod): boolean {
  return spec?.containers[0]?.command?.[1] === "-e";
}

function uidOf({ metadata }: V1Pod): string {
  return metadata?.uid ?? "";
}

function madeAt({ metadata }: V1Pod): number {
  return new Date(metadata?.creationTimestamp ?? 0).getTime();
}

function ended(): UserError {
  return new UserError({
    what: "Another update of the stack has ended this session: its pods run the release again.",
    todo: "npm run dev, to begin another",
  });
}
