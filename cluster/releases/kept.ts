/** How many releases keep their images and ReplicaSets for a rollback, the one that serves included. */
export const RELEASES_KEPT = 5;
