/** The parts of Kubernetes' client that are used here: the whole is 14 MB, and takes a third of a second to load. */
export {
  AppsV1Api,
  AutoscalingV2Api,
  CoreV1Api,
  createConfiguration,
  CustomObjectsApi,
  KubeConfig,
  Log,
  NetworkingV1Api,
  PatchStrategy,
  PolicyV1Api,
  PortForward,
  ServerConfiguration,
  setHeaderOptions,
} from "@kubernetes/client-node";
