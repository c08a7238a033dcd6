/** Labels that the stack sets itself: the Service and the Deployments find their pods by them. */
export const reservedLabels = ["name", "release"] as const;

/** Environment variables that the stack sets itself. */
export const reservedVariables = [
  "MY_POD_NAME",
  "MY_POD_IP",
  "MY_POD_NAMESPACE",
  "MY_NODE_NAME",
  "GET_HOSTS_FROM",
  "DRAIN_MS",
  "SHUTDOWN_MS",
  "PORT",
  "METRICS_PORT",
  "CPU_REQUEST_MILLICORES",
  "CPU_TARGET_PERCENT",
  "RELEASE_TRACK",
  "RELEASE_VERSION",
] as const;

/** The name of an environment variable that the stack sets itself. */
export type ReservedVariable = (typeof reservedVariables)[number];
