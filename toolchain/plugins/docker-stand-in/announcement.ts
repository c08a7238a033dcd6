/** Said once in each update, so that nobody takes the stand-in for the real plugin. */
export const ANNOUNCEMENT =
  "docker: the stand-in builds images here because Pulumi's docker plugin could not be downloaded";

/** How to get what the stand-in can't do. */
export const REAL_PLUGIN =
  "Pulumi's docker plugin can: `pulumi plugin install resource docker --reinstall` where it can be downloaded.";

/** The one answer for every other resource and function of the docker package. */
export function onlyImages(what: string): Error {
  return new Error(
    `${what}: the stand-in for Pulumi's docker plugin does docker.Image alone. ${REAL_PLUGIN}`,
  );
}
