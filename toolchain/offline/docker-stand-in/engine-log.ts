import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** Lets the plugin speak to the person at the engine. */
export interface Engine {
  /** Says something that stays in the output. */
  info(urn: string, message: string): void;
  /** Says what goes on right now; the next status takes its place. */
  status(urn: string, message: string): void;
  /** Waits until all that was said has arrived. */
  flush(): Promise<void>;
}

/**
 * Speaks to the engine at an address (host:port). Messages are sent one after the other, because they would overtake
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
