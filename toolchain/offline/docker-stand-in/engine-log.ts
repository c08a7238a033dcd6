import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** Sends messages to the person who runs the engine. */
export interface Engine {
  /** Sends a line that stays in the output. */
  info(urn: string, message: string): void;
  /** Sends what is going on now; the next status replaces it. */
  status(urn: string, message: string): void;
  /** Waits until all messages have arrived. */
  flush(): Promise<void>;
}

/**
 * Connects to the engine at an address (host:port). Messages are sent one after the other, because they would overtake
 * each other. One that can't be delivered is dropped.
 */
export function engineAt(address: string | undefined): Engine {
  const client = address === undefined ? undefined : clientAt(address);
  let last = Promise.resolve();
  const log = (urn: string, message: string, ephemeral: boolean) => {
    const request = new LogRequest().setSeverity(LogSeverity.INFO).setUrn(urn);
    request.setMessage(message).setEphemeral(ephemeral);
    last = last.then(
      () => new Promise((done) => (client === undefined ? done() : client.log(request, () => done()))),
    );
  };
  return {
    info: (urn, message) => log(urn, message, false),
    status: (urn, message) => log(urn, message, true),
    flush: () => last,
  };
}

function clientAt(address: string): EngineClient {
  return new EngineClient(address, grpc.credentials.createInsecure());
}
