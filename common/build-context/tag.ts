/** Hexadecimal digits of a release's tag: short enough to read, long enough never to meet twice in one cluster. */
const DIGITS = 12;

/** The shape of a release's tag. */
export const TAG = new RegExp(`^[0-9a-f]{${DIGITS}}$`);

/** The tag of a hash, in hexadecimal, of what goes into the release's image. */
export function tagOf(hash: string): string {
  return hash.slice(0, DIGITS);
}
