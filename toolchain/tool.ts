import type { Machine } from "./machine";

/** A tool: what it is, which versions fit, and where it comes from. acquire/ gets it. */
export interface Tool {
  readonly name: string;
  /** The version that is downloaded or built. */
  readonly version: string;
  /** The executables it consists of, the main one first. */
  readonly executables: readonly string[];
  /** Which versions on PATH fit. Without it, PATH is not looked at. */
  readonly onPath?: {
    /** A semver range. Without it, every version fits. */
    readonly fits?: string;
    /** Arguments that make the tool print its version. */
    readonly versionArgs?: readonly string[];
  };
  /** The publisher's own build. */
  readonly release?: (machine: Machine) => Release;
  /** Its source, as Go modules; most tools are one. */
  readonly modules?: readonly GoModule[];
  /** The folder that others look for it in. Without it, it goes into the project's cache, by version. */
  readonly home?: (machine: Machine) => string;
  /** How to install it by hand, for the doctor and for the error if no source has it. */
  readonly byHand: string;
}

/** A file to download, and where its publisher states its checksum. */
export interface Release {
  readonly url: string;
  /** A file with the bare checksum, or with lines of checksum and file name. SHA-1, SHA-256 or SHA-512, by its length. */
  readonly checksums: string;
  /** For a .tar.gz: how many leading folders to drop. A bare executable has none. */
  readonly strip?: number;
}

/** How to build a tool from source. Its go.mod and go.sum, and so every version in it, are in `modules/<folder>`. */
export interface GoModule {
  /** The folder under toolchain/offline/modules that pins it. */
  readonly folder: string;
  /** The package that each executable is built from. */
  readonly packages: Readonly<Record<string, string>>;
  /** Variables that a release sets at link time, for `-X`. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Built without cgo, and so static, unless said otherwise. */
  readonly cgo?: boolean;
  readonly tags?: string;
  /** Scripts that a release has beside the executables: files of this module. */
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
