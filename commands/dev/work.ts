import type { Deployable } from "../deploy/deployable";
import type { Deployed } from "../deployed";
import type { Sources } from "../../infra/image/build-context";
import type { Saves } from "./saves";

/** What is worked on: a deployed stack and the folder of its service. */
export interface Work extends Deployable {
  readonly deployed: Deployed;
  readonly sources: Sources;
  readonly saves: Saves;
  /** Resolves on Ctrl-C. */
  readonly interrupted: Promise<"interrupted">;
}

/** Why serving or releasing saves has ended. */
export type Ended = "interrupted" | "Dockerfile changed";

/** How often the pods are looked at if nothing is saved, in milliseconds. */
export const LOOK_MS = 1_000;
