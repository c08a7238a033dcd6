import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../../common/problem";
import type { Cluster } from "../../cluster";
import { pinNotice, type Pin } from "../../cluster/releases/pin";
import { NodeImages } from "../../cluster/images/node-images";

/**
 * The image of a release that was rolled back to: it is there already. Says that it is not the code's.
 *
 * @returns its name
 * @throws {UserError} where it is not there any more; it names those that are
 */
export async function builtBefore(name: string, pin: Pin, { kind }: Pick<Cluster, "kind">): Promise<string> {
  const tags = await (await NodeImages.connect(kind.daemon, name)).tags();
  if (!tags.includes(pin.to)) throw missing(pin, tags);
  await pulumi.log.warn(pinNotice(pin));
  return `${name}:${pin.to}`;
}

function missing({ to }: Pin, tags: readonly string[]): UserError {
  return new UserError({
    what: `The image of release ${to} is not in the node's Docker daemon.`,
    where: "stack config, key rolledBack",
    allowed: tags.length > 0 ? tags.join(", ") : "none: there is no image of any release",
    todo: "npm run rollback -- --to TAG, or npx pulumi config rm rolledBack, which deploys the code",
  });
}
