/// <reference lib="dom" />
import { autoscalersInWords } from "./autoscalers";
import { byId, make, show, showNumber } from "./dom";
import type { Member } from "./fleet";
import type { History } from "./history";
import { type FleetEvent, sentence } from "./journal";
import type { Summary } from "./recent";

/** How many events the list shows. */
const SHOWN = 10;
/** The shortest time between two announcements to a screen reader, in milliseconds. */
const ANNOUNCE_MS = 5000;

/** Shows the four numbers, and the reason of the last failure. */
export function showNumbers(history: History, { p50, p95 }: Summary, why: string): void {
  showNumber(byId("per-second"), history.rate, "/s");
  showNumber(byId("p50"), p50, "ms");
  showNumber(byId("p95"), p95, "ms");
  showNumber(byId("failed"), history.failed, history.failed > 0 ? why : "");
}

/** Shows the number of pods, and a line for each release as the key to the colours. */
export function showFleet(members: readonly Member[]): void {
  const releases = new Map<string, Member[]>();
  for (const member of members) {
    const { version } = member.pod;
    releases.set(version, [...(releases.get(version) ?? []), member]);
  }
  show(byId("fleet-title"), fleetInWords(members.length, releases.size));
  const lines = [...releases].map(([version, pods]) => releaseLine(version, pods));
  const key = lines.map(({ outerHTML }) => outerHTML).join("");
  const list = byId("releases");
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.replaceChildren(...lines);
}

/** Shows a line for each autoscaler. */
export function showAutoscalers(members: readonly Member[]): void {
  const lines = autoscalersInWords(members);
  const list = byId("autoscalers");
  if (list.dataset.shown === lines.join()) return;
  list.dataset.shown = lines.join();
  list.replaceChildren(...lines.map((line) => make("p", "", line)));
}

function releaseLine(version: string, pods: readonly Member[]): HTMLElement {
  const tracks = [...new Set(pods.map(({ pod }) => pod.track))].join(", ");
  const line = make("li", "", make("span", "tag", version), ` ${tracks}, ${plural(pods.length, "pod")}`);
  line.dataset.colour = String(pods[0]?.colour);
  return line;
}

function fleetInWords(pods: number, releases: number): string {
  if (pods === 0) return "No pod yet";
  return `${plural(pods, "pod")}, ${plural(releases, "release")}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** The list of events, newest first, and announcements for screen readers. */
export class EventList {
  #shown = "";
  #announcedAt = 0;
  #announced: FleetEvent | undefined;

  update(events: readonly FleetEvent[], now: number): void {
    const newest = events.slice(-SHOWN).reverse();
    const shown = newest.map(sentence).join();
    if (shown !== this.#shown) byId("journal").replaceChildren(...newest.map(entry));
    this.#shown = shown;
    if (now - this.#announcedAt > ANNOUNCE_MS) this.#announce(events, now);
  }

  #announce(events: readonly FleetEvent[], now: number): void {
    const fresh = events.slice(events.indexOf(this.#announced as FleetEvent) + 1);
    if (fresh.length === 0) return;
    this.#announced = fresh.at(-1);
    this.#announcedAt = now;
    const words = [...fresh.slice(-3).map(sentence), byId("fleet-title").textContent ?? ""];
    show(byId("announcement"), `${words.join(". ")}.`);
  }
}

function entry(event: FleetEvent): HTMLElement {
  const time = new Date(event.at).toLocaleTimeString();
  return make("li", "", make("time", "", time), make("span", "", sentence(event)));
}
