/** How the stack's Deployments differ while `npm run dev` runs. */
export interface DevSession {
  /** The release that each track runs: the code may have changed since. */
  readonly releases: Readonly<Record<string, string>>;
  readonly pod: {
    /** What the containers run in place of their own command. */
    readonly command?: string[];
    /** Whether a debugger may pause the process: its pod then leaves the Service at once, and isn't restarted. */
    readonly debuggable?: boolean;
  };
}

/** The variable in which `npm run dev` passes a session to the program. Nothing else sets it, so any other update ends it. */
export const DEV_SESSION = "KOA_ON_MINIKUBE_DEV";

/** Reads the session of `npm run dev`; undefined in any other update. */
export function readDevSession(env: Readonly<Record<string, string | undefined>>): DevSession | undefined {
  const text = env[DEV_SESSION];
  return text === undefined ? undefined : (JSON.parse(text) as DevSession);
}
