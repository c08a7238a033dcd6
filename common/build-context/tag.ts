/** Hexadecimal digits of a release's tag: short enough to read, long enough to be unique in a cluster. */
const DIGITS = 12;

/** The shape of a release's tag. */
export const TAG = new RegExp(`^[0-9a-f]{${DIGITS}}$`);

/** The tag of a release. @param hash the hash of the image's content, in hexadecimal */
export function tagOf(hash: string): string {
  return hash.slice(0, DIGITS);
}
