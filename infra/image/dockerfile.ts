import { DockerfileParser } from "dockerfile-ast";
import { IMAGE_LABEL } from "../../cluster/images/store";
import { UserError } from "../../common/problem";

/**
 * Adds our label to the stage that is built. Pulumi's docker.Image has no input for labels, so the Dockerfile has it.
 *
 * @param target the stage's name; undefined for the last stage
 */
export function labelled(dockerfile: string, tag: string, target: string | undefined): string {
  const parsed = DockerfileParser.parse(dockerfile);
  const stages = parsed.getFROMs();
  const index = target === undefined ? stages.length - 1 : stageIndex(dockerfile, target);
  const end = stages[index + 1]?.getRange()?.start.line;
  const lines = dockerfile.split("\n");
  const label = `LABEL ${IMAGE_LABEL}="${tag}"`;
  if (end !== undefined) return [...lines.slice(0, end), label, ...lines.slice(end)].join("\n");
  return `${ended(dockerfile, parsed.getEscapeCharacter())}\n${label}\n`;
}

/** Refuses a target that isn't a stage of the Dockerfile. */
export function refuseUnknownTarget(dockerfile: string, target: string | undefined, file: string): void {
  if (target === undefined || stageIndex(dockerfile, target) >= 0) return;
  const names = DockerfileParser.parse(dockerfile)
    .getFROMs()
    .flatMap((from) => from.getBuildStage() ?? []);
  throw new UserError({
    what: `The Dockerfile has no stage ${target}.`,
    where: `stack config, key build.target; ${file}`,
    allowed: names.length > 0 ? names.join(", ") : "none: no stage of it has a name",
    todo: "npx pulumi config set --path build.target STAGE, or npx pulumi config rm --path build.target",
  });
}

/**
 * The command of the stage that is built, as a list of words: its ENTRYPOINT and its CMD. Undefined if one of them is in
 * shell form, or both are the base image's.
 */
export function commandOf(dockerfile: string, target: string | undefined): readonly string[] | undefined {
  const parsed = DockerfileParser.parse(dockerfile);
  const from = parsed.getFROMs().at(target === undefined ? -1 : stageIndex(dockerfile, target));
  const stage = from && parsed.getContainingImage(from.getRange().start);
  const parts = [stage?.getENTRYPOINTs().at(-1), stage?.getCMDs().at(-1)].flatMap((part) => part ?? []);
  const words = parts.map((part) => wordsIn(part.getArgumentsContent() ?? ""));
  return words.length > 0 && words.every((list) => list !== undefined) ? words.flat() : undefined;
}

/** The words of an instruction in exec form, which is JSON. Undefined if it is in shell form. */
function wordsIn(text: string): string[] | undefined {
  try {
    return JSON.parse(text) as string[];
  } catch {
    return undefined;
  }
}

/** Stages are known by name, whatever its case. */
function stageIndex(dockerfile: string, target: string): number {
  const stages = DockerfileParser.parse(dockerfile).getFROMs();
  return stages.findIndex((from) => from.getBuildStage()?.toLowerCase() === target.toLowerCase());
}

/** Docker ends the last instruction at the end of the file, even if an escape character continues it. */
function ended(dockerfile: string, escape: string): string {
  const lines = dockerfile.trimEnd().split(/\r?\n/);
  const last = lines.findLastIndex((line) => line.trim() !== "" && !line.trimStart().startsWith("#"));
  const text = lines.slice(0, last + 1).join("\n");
  return text.trimEnd().endsWith(escape) ? text.trimEnd().slice(0, -1) : dockerfile;
}
