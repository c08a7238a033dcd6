/** The letters for what isn't an ordinary file, by the type bits of a mode. A folder has none: no digest asks for it. */
const TYPES: Readonly<Record<number, string>> = {
  0o120000: "L",
  0o060000: "D",
  0o010000: "p",
  0o020000: "Dc",
};

/**
 * A file's mode as Go writes it, "-rw-r--r--": what the real plugin puts into its digest.
 * Source: pkg.go.dev/io/fs#FileMode.String.
 */
export function modeString(mode: number): string {
  const type = TYPES[mode & 0o170000] ?? "";
  const special = flags(mode, { u: 0o4000, g: 0o2000 });
  const sticky = flags(mode, { t: 0o1000 });
  const prefix = type.slice(0, 1) + special + type.slice(1) + sticky;
  return (prefix === "" ? "-" : prefix) + permissions(process.platform === "win32" ? onWindows(mode) : mode);
}

function flags(mode: number, letters: Record<string, number>): string {
  return Object.entries(letters)
    .map(([letter, bit]) => ((mode & bit) === 0 ? "" : letter))
    .join("");
}

function permissions(mode: number): string {
  return [..."rwxrwxrwx"].map((letter, index) => ((mode & (0o400 >> index)) === 0 ? "-" : letter)).join("");
}

/** Windows knows no executable bit; Docker's clients there say that everything is executable. */
function onWindows(mode: number): number {
  return (mode | 0o111) & 0o755;
}
