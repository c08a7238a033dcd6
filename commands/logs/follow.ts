import { setTimeout as sleep } from "node:timers/promises";
import type { LogOptions, V1Pod } from "@kubernetes/client-node";
import { UserError } from "../../common/problem";
import type { Apis } from "../../cluster/connection/kubernetes-client";
import { askCluster } from "../deployed/cluster";
import type { Deployed } from "../deployed";
import { labelSelector, trackNamed, workloadOf } from "../../cluster/objects/workload";
import { comparable, linesOf, sourcesIn, type Line, type Source } from "./source";

/** How often the pods are listed to find new ones, in milliseconds. */
const LIST_MS = 1_000;

/** Which lines to show. */
export interface LogQuery {
  /** Only lines of this pod. */
  readonly pod?: string | undefined;
  /** Only lines of this track. */
  readonly track?: string | undefined;
  /** Only lines that are at most this old. */
  readonly sinceSeconds?: number | undefined;
  /** At most this many of the last lines of each pod. */
  readonly tailLines?: number | undefined;
  /** How often the pods are listed to find new ones, in milliseconds. */
  readonly listMs?: number;
}

/** Receives the lines. */
export interface Listener {
  line(line: Line): void;
  /** A message about the pods. */
  notice(text: string): void;
}

/** The logs of the pods of one stack. */
export class Logs {
  /** The time of each container's last line, by the container's id. */
  readonly #lastTimes = new Map<string, string>();
  /** When `showExisting` read each log, by the container's id, in milliseconds of `performance.now()`. */
  readonly #readAt = new Map<string, number>();
  /** The ids of the containers that are being followed, or have ended. */
  readonly #followed = new Set<string>();

  constructor(
    private readonly apis: Apis,
    private readonly deployed: Deployed,
    private readonly query: LogQuery,
    private readonly listener: Listener,
  ) {}

  /** Shows the existing lines of all pods, oldest first. @throws UserError if the query's pod or track doesn't exist */
  async showExisting(): Promise<void> {
    const sources = (await this.#pods()).flatMap(sourcesIn);
    const { sinceSeconds, tailLines } = this.query;
    const options = {
      ...(sinceSeconds !== undefined && { sinceSeconds }),
      ...(tailLines !== undefined && { tailLines }),
    };
    for (const { id } of sources) this.#readAt.set(id, performance.now());
    const logs = await Promise.all(sources.map((source) => this.#all(source, options)));
    const lines = logs.flat().map((line) => ({ line, key: comparable(line.time) }));
    lines.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    for (const { line } of lines) this.listener.line(line);
  }

  /** Shows new lines, also of new pods. Ends if the query names a pod, and that pod is gone. */
  async follow(): Promise<void> {
    let known: ReadonlySet<string> | undefined;
    let trouble = "";
    for (;;) {
      try {
        known = await this.#followNew(known);
        trouble = "";
      } catch (error) {
        if (error instanceof NoPod) return;
        if (!(error instanceof UserError)) throw error;
        // The cluster was stopped, and may be started again.
        if (error.message !== trouble) this.listener.notice(error.message);
        trouble = error.message;
      }
      await sleep(this.query.listMs ?? LIST_MS);
    }
  }

  /** Follows every container that isn't followed yet. Returns the names of the pods. */
  async #followNew(known: ReadonlySet<string> | undefined): Promise<ReadonlySet<string>> {
    const pods = await this.#pods();
    const names = new Set(pods.map(({ metadata }) => metadata?.name ?? ""));
    if (known !== undefined) this.#noteChanges(known, names);
    pods.flatMap(sourcesIn).forEach((source) => void this.#followOne(source));
    return names;
  }

  async #pods(): Promise<V1Pod[]> {
    const workload = workloadOf(this.deployed.config);
    const { pod: wanted, track } = this.query;
    const only = track === undefined ? undefined : trackNamed(workload, track);
    const selected = { namespace: workload.namespace, labelSelector: labelSelector(workload, only) };
    const { items } = await askCluster(this.deployed, () => this.apis.core.listNamespacedPod(selected));
    if (wanted === undefined) return items;
    const found = items.filter(({ metadata }) => metadata?.name === wanted);
    if (found.length === 0) throw noPod(wanted, items);
    return found;
  }

  async #all(source: Source, options: LogOptions): Promise<Line[]> {
    const lines: Line[] = [];
    await this.#read(source, { ...options, follow: false }, (line) => lines.push(line));
    return lines;
  }

  async #followOne(source: Source): Promise<void> {
    const { id, running } = source;
    if (this.#followed.has(id)) return;
    this.#followed.add(id);
    await this.#read(source, { follow: true, ...this.#continueFrom(id) }, (line) => this.listener.line(line));
    // If the container still runs, the connection broke: the next round continues after the last line.
    if (running) this.#followed.delete(id);
  }

  /** The options to continue with: after the last line, or, if there was none, from the time of the last read. */
  #continueFrom(id: string): LogOptions {
    const sinceTime = this.#lastTimes.get(id);
    if (sinceTime !== undefined) return { sinceTime };
    const readAt = this.#readAt.get(id);
    return readAt === undefined ? {} : { sinceSeconds: Math.ceil((performance.now() - readAt) / 1000) };
  }

  /** Reads the lines that haven't been shown. `sinceTime` is in whole seconds, so some lines come again. */
  async #read(source: Source, options: LogOptions, show: (line: Line) => void): Promise<void> {
    const last = comparable(this.#lastTimes.get(source.id) ?? "");
    for await (const line of linesOf(this.apis, this.deployed.config.namespace, source, options)) {
      if (comparable(line.time) <= last) continue;
      this.#lastTimes.set(source.id, line.time);
      show(line);
    }
  }

  #noteChanges(before: ReadonlySet<string>, now: ReadonlySet<string>): void {
    for (const name of now) if (!before.has(name)) this.listener.notice(`${name} is new`);
    for (const name of before) if (!now.has(name)) this.listener.notice(`${name} is gone`);
  }
}

/** The pod of the query doesn't exist. */
class NoPod extends UserError {}

function noPod(wanted: string, pods: readonly V1Pod[]): NoPod {
  return new NoPod({
    what: `There is no pod ${wanted}`,
    allowed: pods.map(({ metadata }) => metadata?.name).join(", ") || "none: there are no pods",
    todo: "npm run status",
  });
}
