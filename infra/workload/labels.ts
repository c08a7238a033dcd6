/** Names and values as they stand in an object's metadata. */
export type Labels = Readonly<Record<string, string>>;

/**
 * The two labels by which a Deployment finds its pods. They can't be changed once it exists, so config can't
 * override them (https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#label-selector-updates).
 * Several releases stand behind one Service, which is why `release` is in the Deployment's selector only.
 */
export const selectorLabels = { name: "api", release: "stable" } as const;

/** Labels that say which release of which service something belongs to. */
export type ReleaseLabels = Labels & Readonly<Record<keyof typeof selectorLabels, string>>;

/** What everything that belongs to the service is labelled with, unless config says otherwise. */
export const defaultLabels = { ...selectorLabels, maturityStage: "dev", tier: "backend" } as const;

/** Puts labels from config on top of the default ones. */
export function withDefaults(labels: Labels): ReleaseLabels {
  return { ...defaultLabels, ...labels, ...selectorLabels };
}

/** Selects pods by what can't change, of whichever release: for the Service. */
export function ofAnyRelease({ name }: ReleaseLabels) {
  return { name };
}

/** Selects the pods of one release: for the Deployment. */
export function ofRelease({ name, release }: ReleaseLabels) {
  return { name, release };
}
