import { STABLE, trackLabels } from "../../cluster/objects/workload";
import type { ResilientServiceArgs, TrackArgs } from "./args";

/** Labels that config can override. */
const defaultLabels = { maturityStage: "dev", tier: "backend" } as const;

/** The labels of the objects that all tracks share: those of `stable`, so that one selector finds all of them. */
export function serviceLabels(name: string, { labels }: ResilientServiceArgs) {
  return { ...defaultLabels, ...labels, ...trackLabels({ name }, { name: STABLE }) };
}

/** The labels of a track's objects and pods. */
export function labelsOfTrack({ service, track, labels }: TrackArgs) {
  return { ...defaultLabels, ...labels, ...trackLabels({ name: service }, track) };
}
