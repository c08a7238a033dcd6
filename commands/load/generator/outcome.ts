/** How one request ended. */
export interface Outcome {
  /** When it was due and when it was over, in milliseconds since the start of the load. */
  readonly dueMs: number;
  readonly overMs: number;
  /** How long after it was due it was handed to its connection, in milliseconds. */
  readonly lateMs: number;
  /** Whether it had a connection of its own. */
  readonly fresh: boolean;
  /** Why it failed, in the words that the report counts; undefined if it was answered with 2xx. */
  readonly failure?: string;
  /** More detail, from the system or the service. */
  readonly detail?: string;
  readonly from?: Origin;
  /** The track that answered, also with a failure, as far as its header says. */
  readonly track?: string;
}

/** The pod that answered, as far as the answer says. */
export interface Origin {
  readonly name: string;
  readonly track: string;
  readonly version: string;
}

/** Where an answer doesn't say it. */
export const UNKNOWN = "unknown";

/** The kinds of failure by the codes of the system, of undici and of the DOM; any other code is its own kind. */
const kinds: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  ECONNABORTED: "connection reset",
  EPIPE: "connection reset",
  UND_ERR_SOCKET: "connection reset", // closed before the answer was complete
  ETIMEDOUT: "timeout",
  TimeoutError: "timeout",
  UND_ERR_CONNECT_TIMEOUT: "timeout",
};

/** An answer in chunks that said it was its connection's last, and ends before its last chunk. */
const CUT_SHORT = /\(Invalid EOF state\)$/;

/** Names the failure of a request that has no complete answer. */
export function failureOf(error: unknown): { failure: string; detail: string } {
  const { name, code, message } = error as NodeJS.ErrnoException;
  // A DOMException's code is a number and says nothing.
  const key = CUT_SHORT.test(message) ? "ECONNRESET" : typeof code === "string" ? code : name;
  // A name with several addresses: each was tried, and the message is empty.
  const detail = error instanceof AggregateError ? error.errors.map(String).join("; ") : message;
  return { failure: kinds[key] ?? key, detail };
}

/** A complete answer, and the track that its header names. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly track?: string;
}

/** What an answer says: who gave it, and whether it is one. */
export function read(answer: Answer): Pick<Outcome, "failure" | "detail" | "from" | "track"> {
  const { status, body, track } = answer;
  const told = track === undefined ? {} : { track };
  if (status >= 200 && status < 300) return { from: originOf(body), ...told };
  return { failure: `status ${status}`, detail: body.slice(0, 200), ...told };
}

function originOf(body: string): Origin {
  const { name, track, version } = parse(body);
  return { name: text(name), track: text(track), version: text(version) };
}

function parse(body: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(body)) as Record<string, unknown>;
  } catch {
    return {}; // another path than /pod
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : UNKNOWN;
}
