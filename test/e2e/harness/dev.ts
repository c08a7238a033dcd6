import { Running } from "./running";

/** `npm run dev`. */
export class Dev extends Running {
  /** Starts it, and waits until the pods serve the code. */
  static async start(...options: string[]): Promise<Dev> {
    const dev = new Dev("dev", options);
    await dev.says(/is served by/, 0, 120_000);
    return dev;
  }

  /** Saves, and waits until pods serve it. @returns the version, and the seconds that dev says it took */
  async serves(save: () => Promise<void>): Promise<{ version: string; seconds: number }> {
    const from = this.output.length;
    await save();
    const [, version = "", seconds] = await this.says(/(dev-\w+) is served by .*, ([\d.]+) s after/, from);
    return { version, seconds: Number(seconds) };
  }
}
