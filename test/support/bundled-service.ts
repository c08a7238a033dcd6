import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { bundle } from "../../infra/image/bundle";
import { folderWith } from "./folder";

const file = join(folderWith({}), "main.js");
const written = bundle(join(__dirname, "..", "..", "service", "main.ts")).then(({ code }) =>
  writeFile(file, code),
);

/** The service, bundled into one file as in the image, once for all tests. */
export async function bundled(): Promise<string> {
  await written;
  return file;
}

const running = new Set<Bundled>();

/** Kills what a failed test has left running. */
export function killAll(): void {
  for (const service of running) service.process.kill("SIGKILL");
}

/** One line of the service's log. */
export type LogLine = Record<string, unknown> & { readonly msg: string };

/** The bundled service as a process of its own, on a free port unless told otherwise. */
export class Bundled {
  readonly process: ChildProcessWithoutNullStreams;
  readonly out: string[] = [];
  stderr = "";
  port = 0;
  readonly #closed: Promise<unknown[]>;

  private constructor(file: string, env: Record<string, string>) {
    this.process = spawn(process.execPath, [file], { env: { PORT: "0", METRICS_PORT: "0", ...env } });
    this.#closed = once(this.process, "close").finally(() => running.delete(this));
    running.add(this);
    createInterface(this.process.stdout).on("line", (line) => this.out.push(line));
    this.process.stderr.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
  }

  /** Starts the service. */
  static async spawn(env: Record<string, string> = {}): Promise<Bundled> {
    return new Bundled(await bundled(), env);
  }

  /** Starts the service and waits until it listens. */
  static async start(env: Record<string, string> = {}): Promise<Bundled> {
    const service = await Bundled.spawn(env);
    service.port = Number((await service.logged("started")).port);
    return service;
  }

  /** The lines that it has logged. Throws if a line on stdout isn't JSON. */
  get log(): LogLine[] {
    return this.out.map((line) => JSON.parse(line) as LogLine);
  }

  /** Waits for the first line with this message. */
  async logged(msg: string): Promise<LogLine> {
    for (;;) {
      const line = this.log.find((candidate) => candidate.msg === msg);
      if (line) return line;
      if (!running.has(this)) throw new Error(`exited without "${msg}": ${this.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Waits until it has exited and its output is read. Returns its exit code, or the signal that killed it. */
  async exited(): Promise<unknown> {
    const [code, signal] = await this.#closed;
    return code ?? signal;
  }

  /** Sends a signal and waits until it has exited. */
  stop(signal: NodeJS.Signals = "SIGTERM"): Promise<unknown> {
    this.process.kill(signal);
    return this.exited();
  }
}
