/** Said once in each update, so that nobody takes the stand-in for the real plugin. */
export const ANNOUNCEMENT =
  "docker: the stand-in builds images here because Pulumi's docker plugin could not be downloaded";

/** How to get what the stand-in can't do. */
export const REAL_PLUGIN =
  "Pulumi's docker plugin can: it takes over where it can be downloaded (from get.pulumi.com or its releases on GitHub), or with its pulumi-resource-docker on PATH.";

/** The one answer for every other resource and function of the docker package. */
export function onlyImages(what: string): Error {
  return new Error(
    `${what}: the stand-in for Pulumi's docker plugin does docker.Image alone. ${REAL_PLUGIN}`,
  );
}
