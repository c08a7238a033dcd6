import { setTimeout as sleep } from "node:timers/promises";
import type { LogOptions, V1Pod } from "@kubernetes/client-node";
import { UserError } from "../../common/problem";
import { askCluster, type Cluster } from "../deployed/cluster";
import type { Deployed } from "../deployed";
import { labelSelector, workloadOf } from "../../cluster/objects/workload";
import { comparable, linesOf, sourcesIn, type Line, type Source } from "./source";

/** Soon enough for a person who watches a pod appear, in milliseconds. */
const LOOK_MS = 1_000;

/** Which lines are wanted. */
export interface Wish {
  /** Only this pod's. */
  readonly pod?: string | undefined;
  /** From so many seconds ago on. */
  readonly sinceSeconds?: number | undefined;
  /** At most so many of the last lines of each pod. */
  readonly tailLines?: number | undefined;
  /** How often it is looked for pods that came or went, in milliseconds. */
  readonly lookMs?: number;
}

/** Is told of what happens. */
export interface Listener {
  line(line: Line): void;
  /** Something about the pods, not from them. */
  notice(text: string): void;
}

/** The logs of the pods of one stack. */
export class Logs {
  /** The last line of each container that has been told, by its time. */
  readonly #told = new Map<string, string>();
  /** When `tell` looked at each container, in milliseconds of `performance.now()`. */
  readonly #looked = new Map<string, number>();
  /** The containers that are being followed, and those of which nothing more will come. */
  readonly #following = new Set<string>();
  readonly #finished = new Set<string>();

  constructor(
    private readonly cluster: Cluster,
    private readonly deployed: Deployed,
    private readonly wish: Wish,
    private readonly listener: Listener,
  ) {}

  /** Tells what there is, in the order in which it was written. @throws UserError if no such pod is there */
  async tell(): Promise<void> {
    const sources = (await this.#pods()).flatMap(sourcesIn);
    const { sinceSeconds, tailLines } = this.wish;
    const options = {
      ...(sinceSeconds !== undefined && { sinceSeconds }),
      ...(tailLines !== undefined && { tailLines }),
    };
    for (const { id } of sources) this.#looked.set(id, performance.now());
    const logs = await Promise.all(sources.map((source) => this.#all(source, options)));
    const lines = logs.flat().map((line) => ({ line, key: comparable(line.time) }));
    lines.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    for (const { line } of lines) this.listener.line(line);
  }

  /** Tells what comes, from pods that are there and from those that will be; until the one pod that is wanted goes. */
  async follow(): Promise<void> {
    let known: ReadonlySet<string> | undefined;
    let trouble = "";
    for (;;) {
      try {
        known = await this.#look(known);
        trouble = "";
      } catch (error) {
        if (error instanceof NoPod) return;
        if (!(error instanceof UserError)) throw error;
        // A cluster that is stopped meanwhile may come back.
        if (error.message !== trouble) this.listener.notice(error.message);
        trouble = error.message;
      }
      await sleep(this.wish.lookMs ?? LOOK_MS);
    }
  }

  /** Follows every container that isn't followed yet. Returns the names of the pods. */
  async #look(known: ReadonlySet<string> | undefined): Promise<ReadonlySet<string>> {
    const pods = await this.#pods();
    const names = new Set(pods.map(({ metadata }) => metadata?.name ?? ""));
    if (known !== undefined) this.#tellChanges(known, names);
    pods.flatMap(sourcesIn).forEach((source) => void this.#followOne(source));
    return names;
  }

  async #pods(): Promise<V1Pod[]> {
    const workload = workloadOf(this.deployed.config);
    const selected = { namespace: workload.namespace, labelSelector: labelSelector(workload) };
    const { items } = await askCluster(this.deployed, () => this.cluster.core.listNamespacedPod(selected));
    const { pod: wanted } = this.wish;
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
    if (this.#following.has(id) || this.#finished.has(id)) return;
    this.#following.add(id);
    await this.#read(source, { follow: true, ...this.#from(id) }, (line) => this.listener.line(line));
    // A stream that ended while the container ran may only have been cut: the next look goes on from there.
    if (!running) this.#finished.add(id);
    this.#following.delete(id);
  }

  /** Where to go on: after the last line, or, if there was none that was wanted, where `tell` looked. */
  #from(id: string): LogOptions {
    const sinceTime = this.#told.get(id);
    if (sinceTime !== undefined) return { sinceTime };
    const looked = this.#looked.get(id);
    return looked === undefined ? {} : { sinceSeconds: Math.ceil((performance.now() - looked) / 1000) };
  }

  /** Reads lines that have not been told. The API server's `sinceTime` only knows whole seconds. */
  async #read(source: Source, options: LogOptions, tell: (line: Line) => void): Promise<void> {
    const told = comparable(this.#told.get(source.id) ?? "");
    try {
      for await (const line of linesOf(this.cluster, this.deployed.config.namespace, source, options)) {
        if (comparable(line.time) <= told) continue;
        this.#told.set(source.id, line.time);
        tell(line);
      }
    } catch {
      // It went, or is only starting: the next look at the pods tells which.
    }
  }

  #tellChanges(before: ReadonlySet<string>, now: ReadonlySet<string>): void {
    for (const name of now) if (!before.has(name)) this.listener.notice(`${name} is new`);
    for (const name of before) if (!now.has(name)) this.listener.notice(`${name} is gone`);
  }
}

/** The one pod that is wanted is not there, or no more. */
class NoPod extends UserError {}

function noPod(wanted: string, pods: readonly V1Pod[]): NoPod {
  return new NoPod({
    what: `There is no pod ${wanted}`,
    allowed: pods.map(({ metadata }) => metadata?.name).join(", ") || "none: there are no pods",
    todo: "npm run status",
  });
}
