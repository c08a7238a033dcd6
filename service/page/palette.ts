/** How many colours page.css has: `--release-0` and so on. */
export const COLOURS = 6;

/** Gives each release a colour of its own for as long as it is there. The one not used for longest is next. */
export class Palette {
  readonly #taken = new Map<string, number>();
  #next = 0;

  /** The colour of a release, chosen when it is first asked for. More releases than colours have to share. */
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

  /** Takes the colour back from a release that is gone. */
  free(release: string): void {
    this.#taken.delete(release);
  }
}
