import { distance } from "fastest-levenshtein";

/** The known name that a person most likely meant; undefined if none is similar. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const lower = name.toLowerCase();
  const near = known
    .map((candidate) => ({ candidate, edits: distance(lower, candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.max(1, Math.ceil(candidate.length / 2)))
    .sort((a, b) => a.edits - b.edits);
  return near[0]?.candidate;
}
