/**
 * The only entry to everything that replaces failed downloads: tools built from Go modules, images for a node,
 * metrics-server and Node.js, and a stand-in for Pulumi's docker plugin. It is imported once a download has failed. No file
 * outside of this folder imports any other file in it.
 */
export { buildNodeStandIn } from "./base-image";
export { fromModules } from "./go-module";
export { inTemporaryFolder } from "./image-build";
export { makeMetricsServer } from "./metrics-server";
export { canMakeNode, makeNode } from "./node";
export { ensureStandIn } from "./docker-stand-in/install";
