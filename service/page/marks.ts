/// <reference lib="dom" />
import { byId, make } from "./dom";
import { SECONDS } from "./history";
import type { Happening, Kind } from "./journal";

/** What a mark says about pods, before their number. */
const podSigns: Readonly<Partial<Record<Kind, string>>> = { appeared: "+", gone: "−", restarted: "↻" };

/** What a mark in the upper lane says, each in a way of its own: a release in its colour. */
const wholeSigns: Readonly<Partial<Record<Kind, () => HTMLElement | string>>> = {
  release: () => make("i", "full"),
  "release-gone": () => make("i"),
  lost: () => "✕",
  back: () => "✓",
};

/** Marks nearer to each other than this, in pixels, are one: else nobody could read them. */
const APART = 56;

/** A line in the strip, and what has happened there to pods: how many of each kind. */
interface Mark {
  readonly at: number;
  readonly counts: Map<Kind, number>;
}

/** Marks in the strip what happened in the last five minutes. */
export function showMarks(happenings: readonly Happening[], now: number): void {
  const lanes = byId("marks");
  const recent = happenings.filter(({ at }) => now - at < SECONDS * 1000);
  const apartMs = (SECONDS * 1000 * APART) / Math.max(APART, lanes.clientWidth);
  const pods = recent.filter(({ kind }) => podSigns[kind]);
  lanes.replaceChildren(
    ...group(pods, apartMs).map((mark) => podMark(mark, now)),
    ...recent.flatMap((happening) => wholeMark(happening, now)),
  );
}

function group(happenings: readonly Happening[], apartMs: number): Mark[] {
  const marks: Mark[] = [];
  for (const { kind, at, count } of happenings) {
    const last = marks.at(-1);
    const near = last && at - last.at < apartMs ? last : { at, counts: new Map<Kind, number>() };
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

function wholeMark({ kind, at, colour }: Happening, now: number): HTMLElement[] {
  const sign = wholeSigns[kind]?.();
  if (sign === undefined) return [];
  const made = make("span", "whole", sign);
  if (colour !== undefined) made.dataset.colour = String(colour);
  return [place(made, at, now)];
}

function place(made: HTMLElement, at: number, now: number): HTMLElement {
  made.style.left = `${(100 - (now - at) / 10 / SECONDS).toFixed(2)}%`;
  return made;
}
