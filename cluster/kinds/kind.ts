import type { Workload } from "../objects/workload";
import type { NodeDaemon } from "./minikube/node-daemon";
import type { Url } from "./minikube/url";

/** What differs from one kind of cluster to another. */
export interface Kind {
  /** What to type to start the cluster. */
  readonly start: string;
  /** Where images are built. */
  readonly daemon: NodeDaemon;
  /** The address under which this machine reaches the Service of a workload, by its port of the nodes. */
  urlOf(workload: Workload, nodePort: number): Url;
}
