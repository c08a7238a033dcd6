import { stringify } from "yaml";
import type { ImageStore } from "../cluster/images/store";
import { workloadOf } from "../cluster/objects/workload";
import { releaseFor } from "../cluster/releases/pin";
import type { Config } from "./config";
import { serviceArgs } from "./service-args";
import { manifests, secretsOf } from "./workload/manifests";

/** The manifests of a stack, and what a person must do for them to work. */
interface Rendered {
  readonly yaml: string;
  readonly notices: readonly string[];
}

/** kubectl reads YAML 1.1, in which more words aren't text, such as `on` and `1_000`. Such text is quoted. */
const STYLE = { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false } as const;

/**
 * Writes the manifests that a stack's config asks for. The same config, code and images give the same bytes. They hold no
 * Secret and no secret value.
 *
 * @param code the tag of the code's release
 */
export async function render(
  config: Config,
  code: string,
  images: Pick<ImageStore, "imageOf" | "pullPolicy" | "pullSecret">,
): Promise<Rendered> {
  const { name, namespace, nodePort } = config;
  const found = workloadOf(config).tracks.map(async (track) => {
    const release = releaseFor(track, code, config.rolledBack);
    return { track, release, image: await images.imageOf(release) };
  });
  const tracks = await Promise.all(found);
  const pullSecret = await images.pullSecret();
  const args = serviceArgs(config, { tracks, namespace, nodePort, annotations: {}, images, pullSecret });
  const objects = manifests(name, args).map((manifest) => stringify(manifest, STYLE));
  const pushed = images.pullPolicy === "Never" ? [] : tracks.map(({ image }) => image);
  const secrets = secretsOf(name, args);
  const notices = [
    ...pushed.filter((image) => !image.includes("@")).map(notPushed),
    ...(secrets.secretEnv ? [noSecret(secrets.secretEnv.secret, secrets.secretEnv.names)] : []),
    ...(secrets.pullSecret ? [noSecret(secrets.pullSecret, [".dockerconfigjson"])] : []),
  ];
  return { yaml: objects.join("---\n"), notices };
}

function notPushed(image: string): string {
  return `${image} isn't in the registry yet, so its digest isn't known: npm run up pushes it.`;
}

function noSecret(name: string, keys: readonly string[]): string {
  return `The manifests need the Secret ${name} with ${keys.join(", ")}. It isn't among them: make it in the cluster yourself.`;
}
