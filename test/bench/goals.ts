import type { Sheet } from "./sheet";

/** What a median is compared with: `times` another median, `plus` a number. Without another one, the number alone. */
interface Limit {
  readonly times?: number;
  /** The other contender, if it isn't the same one. */
  readonly of?: string;
  /** The other case, if it isn't the same one. */
  readonly in?: string;
  readonly plus?: number;
}

/** What one median should be. */
export interface Goal {
  readonly case: string;
  readonly who: string;
  readonly atMost?: Limit;
  readonly atLeast?: Limit;
}

/** A goal, and whether it is met. */
export interface Verdict {
  readonly goal: string;
  readonly limit: number;
  readonly measured: number;
  readonly met: boolean;
}

const pulumi = "npx pulumi up";
const up = "npm run up";
const floor = "kubectl";

/** What deploying should take. The cases' unit is part of their name. */
export const deployingGoals: readonly Goal[] = [
  { case: "first deploy, 10 replicas (s)", who: pulumi, atMost: { times: 1.3, of: floor } },
  { case: "replicas 1 → 10 (s)", who: pulumi, atMost: { of: floor, plus: 2.5 } },
  { case: "nothing changed (s)", who: pulumi, atMost: { plus: 2.5 } },
  { case: "nothing changed (s)", who: up, atMost: { plus: 4 } },
  { case: "changed code, 1 replica (s)", who: pulumi, atMost: { of: floor, plus: 2.5 } },
  { case: "changed code, 1 replica (s)", who: up, atMost: { of: floor, plus: 4 } },
  { case: "changed code, 4 replicas (s)", who: pulumi, atMost: { of: floor, plus: 2.5 } },
  { case: "changed code, 4 replicas (s)", who: up, atMost: { of: floor, plus: 4 } },
  { case: "destroy, 10 replicas (s)", who: pulumi, atMost: { times: 1.3, of: floor } },
  { case: "npm run status (s)", who: up, atMost: { plus: 1.2 } },
  { case: "npm run releases (s)", who: up, atMost: { plus: 1.2 } },
  { case: "npm run logs, first line (s)", who: up, atMost: { plus: 1.2 } },
  { case: "roll back, 1 replica (s)", who: up, atMost: { of: floor, plus: 3 } },
];

const dev = "npm run dev";

/** What a save should take while requests come in. */
export const savingGoals: readonly Goal[] = [
  { case: "save to the last of 2 pods, p95 of 20 (s)", who: dev, atMost: { plus: 1.5 } },
  { case: "failed requests at 300/s", who: dev, atMost: { plus: 0 } },
];

const ours = "this service";
const bare = "node:http";

/** What serving should cost. */
export const servingGoals: readonly Goal[] = [
  ...["/healthcheck", "/ip"].flatMap((path): Goal[] => [
    { case: `${path} at full speed (requests/s)`, who: ours, atLeast: { times: 0.9, of: bare } },
    { case: `${path} at full speed (requests/s)`, who: ours, atLeast: { of: "Express" } },
  ]),
  {
    case: "/ip through the NodePort at 500/s, p99 (ms)",
    who: ours,
    atMost: { times: 1.5, in: "/ip at 500/s, p99 (ms)" },
  },
];

/** Memory that grows with the number of requests leaks. The garbage collector may differ by a tenth. */
export const memoryGoals: readonly Goal[] = [
  {
    case: "after 2 million requests (MiB)",
    who: ours,
    atMost: { times: 1.1, in: "after 200 thousand requests (MiB)" },
  },
];

/** Nothing may grow faster than the number of pods. Other objects in the namespace may hardly matter. */
export const growthGoals: readonly Goal[] = ["0 → ", "nothing changed, "].flatMap((what): Goal[] => [
  { case: `${what}10 pods (s)`, who: pulumi, atMost: { times: 10, in: `${what}1 pod (s)` } },
  { case: `${what}50 pods (s)`, who: pulumi, atMost: { times: 5, in: `${what}10 pods (s)` } },
  { case: `${what}100 pods (s)`, who: pulumi, atMost: { times: 2, in: `${what}50 pods (s)` } },
  {
    case: `${what}1 pod beside 300 Deployments (s)`,
    who: pulumi,
    atMost: { times: 1.5, in: `${what}1 pod (s)` },
  },
]);

/** Compares medians with goals. A goal whose values were not measured has no verdict. */
export function judge(goals: readonly Goal[], sheet: Sheet): Verdict[] {
  return goals.flatMap((goal) => {
    const limit = valueOf(goal, sheet);
    const measured = sheet.summary(goal.case, goal.who)?.median;
    if (limit === undefined || measured === undefined) return [];
    const met = goal.atLeast === undefined ? measured <= limit : measured >= limit;
    return [{ goal: inWords(goal), limit, measured, met }];
  });
}

function valueOf(goal: Goal, sheet: Sheet): number | undefined {
  const limit = limitOf(goal);
  const { times = 1, plus = 0 } = limit;
  if (limit.of === undefined && limit.in === undefined) return plus;
  const other = sheet.summary(limit.in ?? goal.case, limit.of ?? goal.who);
  return other && times * other.median + plus;
}

function inWords(goal: Goal): string {
  const { times, of, in: other, plus } = limitOf(goal);
  const base = [of, other].filter((part) => part !== undefined).join(", ");
  const product = times === undefined || base === "" ? base : `${times} × ${base}`;
  const terms = [product, plus === undefined ? "" : String(plus)].filter((term) => term !== "");
  return `${goal.case}, ${goal.who} ${goal.atLeast === undefined ? "≤" : "≥"} ${terms.join(" + ")}`;
}

function limitOf({ atMost, atLeast }: Goal): Limit {
  return atMost ?? atLeast ?? {};
}
