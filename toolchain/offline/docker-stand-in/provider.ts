import type Docker from "dockerode";
import { ANNOUNCEMENT, onlyImages } from "./announcement";
import type { Checked } from "./check";
import { checkImage } from "./check";
import type { DaemonConfig } from "./config";
import { connect } from "./daemon";
import type { Engine } from "./engine";
import type { Built } from "./image";
import { buildsOnPreview, diffImage, makeImage } from "./image";
import type { Say } from "./output";
import type { Change, Properties } from "./properties";

/** What the engine asks of a provider, with the wire taken off. `server.ts` puts it on. */
export class Provider {
  private readonly cancelled = new AbortController();
  private config: DaemonConfig | undefined;
  private docker: Docker | undefined;
  private announced = false;

  constructor(private engine: Engine) {}

  /** Speaks to another engine from here on. */
  attach(engine: Engine): void {
    this.engine = engine;
  }

  /** Says where the daemon is. Only a build asks it: a destroy must not fail on an address of before a restart. */
  configure(config: DaemonConfig): void {
    this.config = config;
    this.docker = undefined;
  }

  /** Aborts every build under way, and lets no other begin. */
  cancel(): void {
    this.cancelled.abort(new Error("the build was cancelled"));
  }

  check(urn: string, news: Properties): Checked {
    requireImage(urn);
    this.announce(urn);
    const checked = checkImage(news);
    for (const note of checked.notes) this.engine.info(urn, note);
    return checked;
  }

  diff(urn: string, olds: Properties, news: Properties): Map<string, Change> {
    requireImage(urn);
    return diffImage(olds, news);
  }

  /**
   * Create and update are one thing: a build. A preview builds nothing, unless the program asks for it.
   *
   * @throws Error where no daemon answers, or the build fails.
   */
  async make(urn: string, inputs: Properties, preview: boolean): Promise<Built> {
    requireImage(urn);
    if (preview && !buildsOnPreview(inputs)) return { id: "", outputs: inputs };
    if (this.config === undefined) throw new Error("the provider has not been configured");
    this.docker ??= await connect(this.config);
    const say: Say = (line) => this.engine.status(urn, line);
    this.cancelled.signal.throwIfAborted();
    try {
      return await makeImage(this.docker, inputs, say, this.cancelled.signal);
    } finally {
      await this.engine.flush();
    }
  }

  private announce(urn: string): void {
    if (!this.announced) this.engine.info(urn, ANNOUNCEMENT);
    this.announced = true;
  }
}

/** The type in a URN: urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>. */
function requireImage(urn: string): void {
  const type = urn.split("::")[2]?.split("$").pop() ?? "";
  if (type !== "docker:index/image:Image" && type !== "docker:image:Image") throw onlyImages(type);
}
