/**
 * The one door to everything that exists only because something can't be downloaded: tools built from Go modules, a
 * node, metrics-server and base images made from what the machine has, a stand-in for Pulumi's docker plugin. It is imported at the
 * moment when a download has failed, and nothing outside imports what is behind it.
 */
export { buildNodeStandIn } from "./base-image";
export { fromModules } from "./go-module";
export { inTemporaryFolder } from "./image-build";
export { makeMetricsServer } from "./metrics-server";
export { canMakeNode, makeNode } from "./node";
export { ensureStandIn } from "./docker-stand-in/install";
