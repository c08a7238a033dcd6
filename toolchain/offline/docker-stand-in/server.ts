import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { engineAt } from "./engine";
import { methods } from "./methods";
import { Provider } from "./provider";

/**
 * Serves Pulumi's provider protocol on a free port of the loopback address.
 *
 * `@pulumi/pulumi/provider` has such a server too. It passes on neither Configure, where the daemon's address
 * comes in, nor whether a create is a preview, nor a detailed diff: so the protocol is answered here.
 *
 * @param version what GetPluginInfo says.
 * @param engineAddress where the engine listens for log lines, host:port.
 * @returns the port.
 */
export async function serve(version: string, engineAddress: string | undefined): Promise<number> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  server.addService(ResourceProviderService, methods(version, new Provider(engineAt(engineAddress))));
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
}
