/** A rollback: while the code is release `from`, release `to` is deployed in its place. Both are tags. */
export interface Pin {
  readonly from: string;
  readonly to: string;
}

/** The rollback that applies to the code's release, if there is one. */
export function activePin(tag: string, pin: Pin | undefined): Pin | undefined {
  return pin?.from === tag ? pin : undefined;
}

/** Explains why another release than the code's is deployed. */
export function pinNotice({ from, to }: Pin): string {
  return `The code is release ${from}, which was rolled back: release ${to} is deployed in its place, until the code changes. To let go: npx pulumi config rm rolledBack`;
}
