import { replace } from "./checkout";

/** Part of the bundle, and so of the image. */
export const ROUTES = "service/routes.ts";

/** How long `/slow` takes to answer, in milliseconds: the longest request that a stopping pod still answers. */
const SLOW_MS = 10_000;

const IP_ROUTE = '  router.get("/ip"';

/**
 * Gives the copy's service two routes that no service should have: `/slow` answers after ten seconds, and `/block`
 * blocks the event loop for good.
 */
export async function addHarmfulRoutes(): Promise<void> {
  const routes = `  router.get("/slow", async (ctx) => {
    await new Promise((resolve) => setTimeout(resolve, ${SLOW_MS}));
    ctx.body = identity.name;
  });
  router.get("/block", () => {
    for (;;);
  });
`;
  await replace(ROUTES, IP_ROUTE, routes + IP_ROUTE);
}

/** Releases that can't become ready, by what they do: each breaks the copy's routes. */
export const badReleases: Readonly<Record<string, () => Promise<void>>> = {
  "crashes at start": () =>
    replace(
      ROUTES,
      "  const router",
      '  console.error("the cat ate it");\n  process.exit(3);\n  const router',
    ),
  "never becomes ready": () => replace(ROUTES, 'if (ctx.body !== "ready") ctx.status', "ctx.status"),
  "fails its liveness probe": () =>
    replace(ROUTES, 'ctx.body = "Hello World"', 'ctx.status = 500;\n    ctx.body = "not alive"'),
};
