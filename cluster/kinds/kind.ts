import type { ImageStore } from "../images/store";
import type { Workload } from "../objects/workload";
import type { Url } from "./url";

/** What differs from one kind of cluster to another. */
export interface Kind extends ImagesAndUrls {
  /** What to type to have metrics-server in the cluster. */
  readonly getMetricsServer: string;
  /** Whether the cluster is one of minikube's. Otherwise each update says where it deploys to. */
  readonly isMinikube: boolean;
}

/** Where a cluster's nodes get their images from, and where its services are reached. */
export interface ImagesAndUrls {
  /**
   * Where the images of a name are built and kept. It asks nothing yet.
   *
   * @throws {UserError} if the nodes could never see an image that is built here
   */
  images(name: string): ImageStore;
  /** The address under which this machine reaches the Service of a workload, by its port of the nodes. */
  urlOf(workload: Workload, nodePort: number): Url;
}
