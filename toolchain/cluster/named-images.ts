import { DockerfileParser, type Copy, type Variable } from "dockerfile-ast";

/** Values by name; undefined for an ARG that has none. */
type Values = Readonly<Record<string, string | undefined>>;

/**
 * The images that a Dockerfile builds upon or copies from, each once: not `scratch`, not its own stages, and none whose
 * name depends on an argument without a value.
 *
 * @param args values that are given to its ARGs
 */
export function namedImages(dockerfile: string, args: Values): string[] {
  const parsed = DockerfileParser.parse(dockerfile);
  const values: Record<string, string | undefined> = {};
  for (const arg of parsed.getInitialARGs()) {
    const property = arg.getProperty();
    if (property === null) continue;
    const given = args[property.getName()];
    values[property.getName()] = given ?? expand(property.getValue(), arg.getVariables(), values);
  }
  const stages = new Set(["scratch"]);
  const images = new Set<string>();
  const add = (image: string | undefined) => {
    if (image && !stages.has(image.toLowerCase()) && !/^\d+$/.test(image)) images.add(image);
  };
  for (const from of parsed.getFROMs()) {
    add(expand(from.getImage(), from.getVariables(), values));
    const stage = from.getBuildStage();
    if (stage !== null) stages.add(stage.toLowerCase());
  }
  for (const copy of parsed.getCOPYs()) add(sourceOf(copy));
  return [...images];
}

function sourceOf(copy: Copy): string | undefined {
  return copy.getFromFlag()?.getValue() ?? undefined;
}

/** The text with its variables replaced; undefined if one has no value. */
function expand(text: string | null, variables: readonly Variable[], values: Values): string | undefined {
  let expanded = text ?? undefined;
  for (const variable of variables) {
    if (!expanded?.includes(variable.toString())) continue; // it belongs to another part of the line
    const value = valueOf(variable, values);
    if (value === undefined) return undefined;
    expanded = expanded.replaceAll(variable.toString(), value);
  }
  return expanded;
}

/** As a shell has it: `${NAME:-word}` is the word if there is no value, and `${NAME:+word}` if there is one. */
function valueOf(variable: Variable, values: Values): string | undefined {
  const value = values[variable.getName()];
  const word = variable.getSubstitutionParameter() ?? "";
  if (variable.getModifier() === "-") return value || word;
  if (variable.getModifier() === "+") return value ? word : "";
  return value;
}
