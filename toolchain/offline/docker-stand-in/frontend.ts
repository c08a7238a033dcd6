import { Directive, DockerfileParser } from "dockerfile-ast";

/** The official frontend, whichever version of it. */
const OFFICIAL = /^(docker\.io\/)?docker\/dockerfile(:|$)/;

/**
 * The Dockerfile without a `# syntax=` for the official frontend: the daemon's own reads it. The other one could not be
 * pulled here, and Docker 20.10 does not show it a context that comes in the request ("context not found").
 */
export function withoutSyntax(dockerfile: string): string {
  const directive = DockerfileParser.parse(dockerfile)
    .getDirectives()
    .find((each) => each.getDirective() === Directive.syntax && OFFICIAL.test(each.getValue()));
  const line = directive?.getRange().start.line;
  if (line === undefined) return dockerfile;
  return dockerfile
    .split("\n")
    .filter((_, index) => index !== line)
    .join("\n");
}

/**
 * What to do about a Dockerfile that the daemon's frontend can't read, if that is known: those before Docker 23 take a
 * heredoc's lines for instructions (https://docs.docker.com/build/buildkit/frontend).
 */
export function adviceOn(failure: string, dockerfile: string): string | undefined {
  if (!/dockerfile parse error|unknown instruction/.test(failure)) return undefined;
  const instructions = DockerfileParser.parse(
    dockerfile,
  ).getInstructions() as unknown as readonly MayHaveHeredocs[];
  const has = instructions.some((each) => (each.getHeredocs?.().length ?? 0) > 0);
  if (!has) return undefined;
  return "The Docker in the node is older than 23 and reads no heredocs (<<): copy a file from the build context in their place.";
}

/** Of COPY, ADD and RUN; protected in the type of all instructions. */
interface MayHaveHeredocs {
  getHeredocs?(): readonly unknown[];
}
