import type * as pulumi from "@pulumi/pulumi";
import { STABLE, trackLabels } from "../../cluster/objects/workload";
import type { CommonArgs, ResilientServiceArgs, TrackArgs } from "./args";

type Texts = Readonly<Record<string, pulumi.Input<string>>>;

/** Labels that config can override. */
const defaultLabels = { maturityStage: "dev", tier: "backend" } as const;

/** The labels of a track's objects and pods. */
export function labelsOfTrack({ service, track, labels }: TrackArgs) {
  return { ...defaultLabels, ...labels, ...trackLabels({ name: service }, track) };
}

/** The metadata of an object of one track. @param added its own annotations */
export function trackMetadata(name: string, args: TrackArgs, added?: Texts) {
  return metadata(name, labelsOfTrack(args), args, added);
}

/**
 * The metadata of an object that all tracks share. It has the labels of `stable`, so that one selector finds all objects.
 *
 * @param added its own annotations
 */
export function serviceMetadata(name: string, args: ResilientServiceArgs, added?: Texts) {
  const labels = { ...defaultLabels, ...args.labels, ...trackLabels({ name }, { name: STABLE }) };
  return metadata(name, labels, args, added);
}

function metadata(
  name: string,
  labels: Readonly<Record<string, string>>,
  args: CommonArgs,
  added: Texts = {},
) {
  // `kubectl scale` becomes the owner of spec.replicas. With patchForce, the next `up` takes it back instead of failing.
  const annotations = { ...args.annotations, "pulumi.com/patchForce": "true", ...added };
  return { name, namespace: args.namespace, labels, annotations };
}
