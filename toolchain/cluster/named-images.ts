import { DockerfileParser, type Variable } from "dockerfile-ast";

/** Values by name; undefined for an ARG without a value. */
type Values = Readonly<Record<string, string | undefined>>;

/**
 * Lists the images that a Dockerfile names in FROM and COPY --from, each once. Leaves out `scratch`, the Dockerfile's own
 * stages, and names that depend on an ARG without a value.
 *
 * @param args the values of ARGs that the build sets
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
  for (const copy of parsed.getCOPYs()) add(copy.getFromFlag()?.getValue() ?? undefined);
  return [...images];
}

/** Replaces the variables in a text. Undefined if one has no value. */
function expand(text: string | null, variables: readonly Variable[], values: Values): string | undefined {
  let expanded = text ?? undefined;
  for (const variable of variables) {
    if (!expanded?.includes(variable.toString())) continue; // the variable is in another part of the line
    const value = valueOf(variable, values);
    if (value === undefined) return undefined;
    expanded = expanded.replaceAll(variable.toString(), value);
  }
  return expanded;
}

/** The value of a variable. As in a shell, `${NAME:-word}` is the word without a value, `${NAME:+word}` with a value. */
function valueOf(variable: Variable, values: Values): string | undefined {
  const value = values[variable.getName()];
  const word = variable.getSubstitutionParameter() ?? "";
  if (variable.getModifier() === "-") return value || word;
  if (variable.getModifier() === "+") return value ? word : "";
  return value;
}
