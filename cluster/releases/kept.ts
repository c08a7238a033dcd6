/** So many releases, the one that serves among them, can be gone back to: their images and ReplicaSets are kept. */
export const RELEASES_KEPT = 5;
