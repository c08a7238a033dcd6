export { ensureBaseImages } from "./base-images";
export { ensureMetricsServer, type RunningProfile } from "./metrics-server";
export { namedImages } from "./named-images";
export { deleteProfile, ensureContext, isRunning, minikubeOf, type Minikube } from "./minikube";
export { needsOwnNode } from "./own-node";
export { ensureProfile, flagsForOwnNode, type ClusterRequest } from "./start";
export { isMadeHere, profileExists, refuseDeletion } from "./profile";
