import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../../common/problem";
import { forStack } from "../../common/stack-hints";
import { pinNotice, type Pin } from "../../cluster/releases/pin";
import type { ImageStore } from "../../cluster/images/store";

/**
 * The image of the release that was rolled back to, which was built before, where the nodes find it. Says that it is not the code's.
 *
 * @returns its name
 * @throws {UserError} with the releases that have an image, if this one has none
 */
export async function builtBefore(pin: Pin, store: ImageStore): Promise<string> {
  const tags = await store.tags();
  if (!tags.includes(pin.to)) throw missing(pin, tags);
  await pulumi.log.warn(forStack(pinNotice(pin), pulumi.getStack()));
  if (!pulumi.runtime.isDryRun()) await store.ensure(pin.to);
  return store.imageOf(pin.to);
}

function missing({ to }: Pin, tags: readonly string[]): UserError {
  return new UserError({
    what: `The image of release ${to} is gone.`,
    where: "stack config, key rolledBack",
    allowed: tags.length > 0 ? tags.join(", ") : "none: there is no image of any release",
    todo: "npm run rollback -- --to TAG, or npx pulumi config rm rolledBack, which deploys the code",
  });
}
