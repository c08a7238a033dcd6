import type { ImageStore } from "../images/store";
import type { Workload } from "../objects/workload";
import type { Url } from "./url";

/** What differs from one kind of cluster to another. */
export interface Kind {
  /** What to type to have metrics-server in the cluster. */
  readonly getMetricsServer: string;
  /** Whether the cluster is on this machine. Otherwise each update says where it deploys to. */
  readonly isLocal: boolean;
  /**
   * Where the images of a name are built and kept. It asks nothing yet.
   *
   * @throws {UserError} if the nodes could never see an image that is built here
   */
  images(name: string): ImageStore;
  /** The address under which this machine reaches the Service of a workload, by its port of the nodes. */
  urlOf(workload: Workload, nodePort: number): Url;
}
