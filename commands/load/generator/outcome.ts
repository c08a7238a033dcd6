/** The outcome of one request. */
export interface Outcome {
  /** When the request was due and when it ended, in milliseconds since the start of the load. */
  readonly dueMs: number;
  readonly overMs: number;
  /** The delay between when the request was due and when its connection got it, in milliseconds. */
  readonly lateMs: number;
  /** Whether the request had a new connection. */
  readonly fresh: boolean;
  /** The kind of failure, as the report counts it; undefined for an answer of 2xx. */
  readonly failure?: string;
  /** Details of the failure from the system or the service. */
  readonly detail?: string;
  readonly from?: Origin;
  /** The track in the answer's header, also for a failure. */
  readonly track?: string;
}

/** The pod that answered, as the answer says. */
export interface Origin {
  readonly name: string;
  readonly track: string;
  readonly version: string;
}

/** The value of what an answer doesn't say. */
export const UNKNOWN = "unknown";

/** The kinds of failure, by the codes of the system, undici and the DOM. Any other code is its own kind. */
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

/** undici's message if a chunked answer ends before its last chunk, on a connection that closes after it. */
const CUT_SHORT = /\(Invalid EOF state\)$/;

/** Describes the failure of a request without a complete answer. */
export function failureOf(error: unknown): { failure: string; detail: string } {
  const { name, code, message } = error as NodeJS.ErrnoException;
  // The code of a DOMException is a number, which says nothing.
  const key = CUT_SHORT.test(message) ? "ECONNRESET" : typeof code === "string" ? code : name;
  // For a host name with several addresses, each of which failed, the message is empty.
  const detail = error instanceof AggregateError ? error.errors.map(String).join("; ") : message;
  return { failure: kinds[key] ?? key, detail };
}

/** A complete answer, and the track in its header. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly track?: string;
}

/** Reads an answer: the pod and track that gave it, or a failure if its status isn't 2xx. */
export function read(answer: Answer): Pick<Outcome, "failure" | "detail" | "from" | "track"> {
  const { status, body, track } = answer;
  const fromTrack = track === undefined ? {} : { track };
  if (status >= 200 && status < 300) return { from: originOf(body), ...fromTrack };
  return { failure: `status ${status}`, detail: body.slice(0, 200), ...fromTrack };
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
