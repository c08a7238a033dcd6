/** As long as the code is release `from`, release `to` is deployed in its place. Both are tags. */
export interface Pin {
  readonly from: string;
  readonly to: string;
}

/** What was rolled back to, as long as the code still is what was rolled back from. */
export function activePin(tag: string, pin: Pin | undefined): Pin | undefined {
  return pin?.from === tag ? pin : undefined;
}

/** What a person should know who finds another release deployed than that of the code. */
export function pinNotice({ from, to }: Pin): string {
  return `The code is release ${from}, which was rolled back: release ${to} is deployed in its place, until the code changes. To let go: npx pulumi config rm rolledBack`;
}
