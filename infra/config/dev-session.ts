/** How the stack's Deployment differs while `npm run dev` runs. */
export interface DevSession {
  /** The release that each track runs, whatever the code is by now. */
  readonly releases: Readonly<Record<string, string>>;
  readonly pod: {
    /** What the containers run in place of their own command. */
    readonly command?: readonly string[];
    /** Whether a debugger may hold a process: its pod then leaves the Service at once, and isn't restarted. */
    readonly mayBeHeld?: boolean;
  };
}

/** The variable by which `npm run dev` tells the program. Nothing else sets it, so that any other update ends a session. */
export const DEV_SESSION = "KOA_ON_MINIKUBE_DEV";

/** Reads what `npm run dev` asks for; undefined in any other update. */
export function readDevSession(env: Readonly<Record<string, string | undefined>>): DevSession | undefined {
  const text = env[DEV_SESSION];
  return text === undefined ? undefined : (JSON.parse(text) as DevSession);
}
