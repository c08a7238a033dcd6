/** How many releases keep their images and ReplicaSets, for a rollback. The one that serves is one of them. */
export const RELEASES_KEPT = 5;
