import type { Machine } from "./machine";

/** A tool: which versions fit, and its sources. acquire/ installs it. */
export interface Tool {
  readonly name: string;
  /** The version that is downloaded or built. */
  readonly version: string;
  /** Its executables, the main one first. */
  readonly executables: readonly string[];
  /** Which versions on PATH fit. Without it, PATH isn't searched. */
  readonly onPath?: {
    /** A semver range. Without it, every version fits. */
    readonly fits?: string;
    /** Arguments that make the tool print its version. */
    readonly versionArgs?: readonly string[];
  };
  /** The publisher's own build. */
  readonly release?: (machine: Machine) => Release;
  /** Its Go modules, for a build from source. Most tools have one. */
  readonly modules?: readonly GoModule[];
  /** The folder in which other programs expect the tool. Without it, the tool is in the project's cache, by version. */
  readonly home?: (machine: Machine) => string;
  /** How to install the tool by hand, for `npm run doctor` and for errors. */
  readonly byHand: string;
}

/** A file to download, and the URL of its publisher's checksum. */
export interface Release {
  readonly url: string;
  /** A file with only the checksum, or with lines of checksum and file name. SHA-1, SHA-256 or SHA-512, by its length. */
  readonly checksums: string;
  /** For a .tar.gz: the number of leading folders to remove. Undefined for a single executable. */
  readonly strip?: number;
}

/** How to build a tool from source. go.mod and go.sum in `modules/<folder>` pin every version in it. */
export interface GoModule {
  /** A folder of toolchain/offline/modules. */
  readonly folder: string;
  /** The package that each executable is built from. */
  readonly packages: Readonly<Record<string, string>>;
  /** Variables to set at link time (`-X`), as the release does. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Whether to build with cgo. Without it, the executable is static. */
  readonly cgo?: boolean;
  readonly tags?: string;
  /** Scripts that the release has beside the executables: files of a module. */
  readonly scripts?: { readonly module: string; readonly files: readonly string[] };
}

/** The source of an executable. */
export type Source = "PATH" | "cache" | "release" | "Go module" | "stand-in";

/** An installed tool. */
export interface Found {
  readonly name: string;
  readonly version: string;
  readonly source: Source;
  /** The folder of its executables. */
  readonly dir: string;
}
