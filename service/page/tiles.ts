/// <reference lib="dom" />
import { byId, make, show, showNumber, span } from "./dom";
import type { Member } from "./fleet";
import type { Part } from "./recent";

/** How long a removed tile fades, in milliseconds. page.css has the same number. */
const FADE_MS = 600;

/** The tiles: one for each pod, in the order in which the pods first answered. */
export class Tiles {
  readonly #list = byId("tiles");
  readonly #tiles = new Map<string, Tile>();

  update(members: ReadonlyMap<string, Member>, parts: ReadonlyMap<string, Part>, now: number): void {
    for (const [name, tile] of this.#tiles) if (!members.has(name)) this.#remove(name, tile);
    for (const [name, member] of members) {
      const tile = this.#tiles.get(name) ?? this.#add(name);
      tile.update(member, parts.get(name), now);
    }
  }

  #add(name: string): Tile {
    const tile = new Tile(name);
    this.#tiles.set(name, tile);
    this.#list.append(tile.element);
    return tile;
  }

  #remove(name: string, { element }: Tile): void {
    this.#tiles.delete(name);
    element.dataset.state = "gone";
    window.setTimeout(() => element.remove(), FADE_MS);
  }
}

class Tile {
  readonly element = make("li", "tile");
  readonly #percent = make("b");
  readonly #tag = make("span", "tag");
  readonly #track = make("span", "track");
  readonly #values = ["Node", "IP", "Up", "Latency"].map((label) => [label, make("dd")] as const);

  constructor(name: string) {
    // The names of a Deployment's pods differ only at the end.
    const end = name.lastIndexOf("-") + 1;
    const title = make("h3", "", name.slice(0, end), make("b", "", name.slice(end)));
    const pairs = this.#values.map(([label, value]) => make("div", "", make("dt", "", label), value));
    this.element.append(
      make("div", "share", make("i"), this.#percent),
      title,
      make("p", "release", this.#tag, this.#track),
      make("dl", "", ...pairs),
    );
  }

  update({ pod, colour, state, answer }: Member, part: Part | undefined, now: number): void {
    const share = part?.share ?? 0;
    const since = now - answer.at;
    this.element.dataset.colour = String(colour);
    this.element.dataset.state = state;
    this.element.style.setProperty("--share", share.toFixed(3));
    show(this.#percent, `${Math.round(share * 100)} %`);
    show(this.#tag, pod.version);
    show(
      this.#track,
      { live: pod.track, draining: "shutting down", quiet: `silent for ${span(since)}` }[state],
    );
    const texts = [pod.node ?? "–", pod.ip, span(answer.uptimeMs + since)];
    texts.forEach((text, i) => show(this.#values[i]![1], text));
    showNumber(this.#values[3]![1], part?.latencyMs ?? NaN, "ms");
  }
}
