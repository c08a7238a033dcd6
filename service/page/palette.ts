/** How many colours page.css has: `--release-0` and so on. */
export const COLOURS = 6;

/** Gives each release its own colour. The next release gets the colour that has been free for longest. */
export class Palette {
  readonly #taken = new Map<string, number>();
  #next = 0;

  /** The colour of a release, which keeps it. If there are more releases than colours, some share one. */
  of(release: string): number {
    const known = this.#taken.get(release);
    if (known !== undefined) return known;
    const taken = new Set(this.#taken.values());
    while (taken.size < COLOURS && taken.has(this.#next)) this.#next = (this.#next + 1) % COLOURS;
    const colour = this.#next;
    this.#taken.set(release, colour);
    this.#next = (colour + 1) % COLOURS;
    return colour;
  }

  /** Frees the colour of a release that is gone. */
  free(release: string): void {
    this.#taken.delete(release);
  }
}
