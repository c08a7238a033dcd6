import assert from "node:assert/strict";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { URL as SERVICE } from "./place";

/** A tile as it appears on the screen. */
export interface Tile {
  readonly pod: string;
  readonly state: string;
  readonly release: string;
  /** The colour that its bar has on the screen. */
  readonly colour: string;
}

/** The live page in a browser, with its requests and complaints. */
export class Visit {
  /** Every request of the page: `GET http://…`. */
  readonly requests: string[] = [];
  /** What was wrong: errors, warnings, violations of the page's own policy, requests that failed. */
  #complaints: string[] = [];

  private constructor(readonly page: Page) {
    page.on("request", (request) => this.requests.push(`${request.method()} ${request.url()}`));
    page.on("pageerror", (error) => this.#complaints.push(`error: ${error.message}`));
    page.on("requestfailed", (request) => this.#complaints.push(`failed: ${request.url()}`));
    page.on("console", (message) => this.#complaints.push(`console: ${message.type()}: ${message.text()}`));
  }

  /** Opens the page as the published port serves it. */
  static async open(browser: Browser, options: BrowserContextOptions = {}): Promise<Visit> {
    const visit = new Visit(await browser.newPage(options));
    await visit.page.goto(SERVICE);
    return visit;
  }

  close(): Promise<void> {
    return this.page.close();
  }

  /** The tiles, except those that are fading out. */
  tiles(): Promise<Tile[]> {
    return this.page.locator('#tiles > li:not([data-state="gone"])').evaluateAll((tiles) =>
      tiles.map((tile) => ({
        pod: tile.querySelector("h3")?.textContent ?? "",
        state: (tile as HTMLElement).dataset.state ?? "",
        release: tile.querySelector(".tag")?.textContent ?? "",
        colour: getComputedStyle(tile.querySelector(".share i")!, "::before").backgroundColor,
      })),
    );
  }

  async live(): Promise<Tile[]> {
    return (await this.tiles()).filter(({ state }) => state === "live");
  }

  text(selector: string): Promise<string> {
    return this.page.locator(selector).innerText();
  }

  /**
   * What axe finds wrong or can't decide, a line each. It runs through the debugger, because the page's policy forbids
   * it.
   */
  async violations(): Promise<string[]> {
    await this.page.evaluate(axe.source);
    const results = await this.page.evaluate(async () => {
      const { run } = (window as unknown as { axe: typeof axe }).axe;
      const { violations } = await run();
      // The boxes of the strip's marks overlap, but their texts don't: axe can't decide there.
      const { incomplete } = await run({ exclude: "#marks" });
      return [...violations, ...incomplete];
    });
    return results.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  }

  /** Whether the page is wider than the window. */
  async isTooWide(): Promise<boolean> {
    return this.page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  }

  /** @throws AssertionError if the page complained about anything since the last time */
  assertNoComplaint(): void {
    const complaints = this.#complaints;
    this.#complaints = [];
    assert.deepEqual([...new Set(complaints)], []);
  }

  /**
   * Forgets the failed requests of a time in which the service was stopped: a browser logs each of them. All other
   * complaints stay.
   */
  forgiveNetwork(): void {
    this.#complaints = this.#complaints.filter(
      (complaint) => !/^(failed: .*\/pod\b|console: error: Failed to load resource: net::)/.test(complaint),
    );
  }
}
