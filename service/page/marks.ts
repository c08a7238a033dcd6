/// <reference lib="dom" />
import { byId, make } from "./dom";
import { SECONDS } from "./history";
import type { FleetEvent, Kind } from "./journal";

/** The sign of an event of pods. Their number follows. */
const podSigns: Readonly<Partial<Record<Kind, string>>> = { appeared: "+", gone: "−", restarted: "↻" };

/** The sign of an event of a release, in its colour, or of the whole service. It is shown in the upper lane. */
const serviceSigns: Readonly<Partial<Record<Kind, () => HTMLElement | string>>> = {
  release: () => make("i", "full"),
  "release-gone": () => make("i"),
  lost: () => "✕",
  back: () => "✓",
};

/** In pixels. Marks that are nearer to each other than this are merged, so that they stay readable. */
const MIN_DISTANCE = 56;

/** A mark in the strip: how many pods had an event of each kind there. */
interface Mark {
  readonly at: number;
  readonly counts: Map<Kind, number>;
}

/** Marks the events of the last five minutes in the strip. */
export function showMarks(events: readonly FleetEvent[], now: number): void {
  const lanes = byId("marks");
  const recent = events.filter(({ at }) => now - at < SECONDS * 1000);
  const distanceMs = (SECONDS * 1000 * MIN_DISTANCE) / Math.max(MIN_DISTANCE, lanes.clientWidth);
  const pods = recent.filter(({ kind }) => podSigns[kind]);
  lanes.replaceChildren(
    ...group(pods, distanceMs).map((mark) => podMark(mark, now)),
    ...recent.flatMap((event) => serviceMark(event, now)),
  );
}

function group(events: readonly FleetEvent[], distanceMs: number): Mark[] {
  const marks: Mark[] = [];
  for (const { kind, at, count } of events) {
    const last = marks.at(-1);
    const near = last && at - last.at < distanceMs ? last : { at, counts: new Map<Kind, number>() };
    if (near !== last) marks.push(near);
    near.counts.set(kind, (near.counts.get(kind) ?? 0) + count);
  }
  return marks;
}

function podMark({ at, counts }: Mark, now: number): HTMLElement {
  const kinds = (Object.keys(podSigns) as Kind[]).filter((kind) => counts.has(kind));
  return place(
    make("span", "", kinds.map((kind) => `${podSigns[kind]}${counts.get(kind)}`).join(" ")),
    at,
    now,
  );
}

function serviceMark({ kind, at, colour }: FleetEvent, now: number): HTMLElement[] {
  const sign = serviceSigns[kind]?.();
  if (sign === undefined) return [];
  const made = make("span", "service", sign);
  if (colour !== undefined) made.dataset.colour = String(colour);
  return [place(made, at, now)];
}

function place(made: HTMLElement, at: number, now: number): HTMLElement {
  made.style.left = `${(100 - (now - at) / 10 / SECONDS).toFixed(2)}%`;
  return made;
}
