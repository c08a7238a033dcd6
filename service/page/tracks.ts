/// <reference lib="dom" />
import { byId, make, show } from "./dom";
import type { TrackPart } from "./recent";

/** Shows a row for each track. With one track, the table is hidden. */
export function showTracks(parts: readonly TrackPart[]): void {
  const table = byId("tracks");
  table.hidden = parts.length < 2;
  if (table.hidden) return;
  const body = byId("track-rows");
  const names = parts.map(({ track }) => track).join();
  if (body.dataset.names !== names) body.replaceChildren(...parts.map(({ track }) => row(track)));
  body.dataset.names = names;
  parts.forEach((part, index) => {
    const cells = body.children[index]!.children; // the first cell is the name
    texts(part).forEach((text, cell) => show(cells[cell + 1]!, text));
  });
}

function row(track: string): HTMLElement {
  const name = make("th", "", track);
  name.setAttribute("scope", "row");
  return make("tr", "", name, ...texts().map(() => make("td")));
}

/** Share, errors, median and 95th percentile. */
function texts(
  { share, failed, p50, p95 }: Omit<TrackPart, "track"> = { share: 0, failed: 0, p50: 0, p95: 0 },
) {
  return [percent(share), percent(failed), ms(p50), ms(p95)];
}

function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 10 ? value.toFixed(1) : value.toFixed(0)} %`;
}

function ms(value: number): string {
  return Number.isFinite(value) ? `${value.toFixed(1)} ms` : "–";
}
