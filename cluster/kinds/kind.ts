import type { ImageStore } from "../images/store";
import type { Url } from "./url";

/** What differs between kinds of clusters. */
export interface Kind extends ImagesAndUrls {
  /** What to type to get metrics-server into the cluster. */
  readonly getMetricsServer: string;
  /** What to type so that load balancers get addresses. */
  readonly getLoadBalancer: string;
  /** Whether the cluster is one of minikube's. If not, each update says where it deploys to. */
  readonly isMinikube: boolean;
}

/** Where a cluster's nodes get images from, and at which URL its services are reached. */
export interface ImagesAndUrls {
  /**
   * The store of the images of a name. No request is sent yet.
   *
   * @throws {UserError} if the nodes can't get images that are built here
   */
  images(name: string): ImageStore;
  /** The address under which this machine reaches a Service by its port of the nodes. */
  urlOf(nodePort: number): Url;
}
