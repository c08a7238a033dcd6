import * as grpc from "@grpc/grpc-js";

/** Answers a call with what `work` returns; what it throws becomes the call's error, in its own words. */
export function answer<Request, Response>(
  work: (request: Request) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve(call.request)
      .then(work)
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback({ code: grpc.status.UNKNOWN, details: textOf(error) }),
      );
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
