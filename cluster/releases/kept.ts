/** The shape of a release's tag: a hash of what goes into its image. */
export const TAG = /^[0-9a-f]{12}$/;

/** So many releases, the one that serves among them, can be gone back to: their images and ReplicaSets are kept. */
export const RELEASES_KEPT = 5;
