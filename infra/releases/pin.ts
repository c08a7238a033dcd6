/** As long as the code is release `from`, release `to` is deployed in its place. Both are tags. */
export interface Pin {
  readonly from: string;
  readonly to: string;
}

/** What was rolled back to, as long as the code still is what was rolled back from. */
export function activePin(tag: string, pin: Pin | undefined): Pin | undefined {
  return pin?.from === tag ? pin : undefined;
}
