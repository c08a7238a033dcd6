import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { endWithParent } from "../../../common/parent";
import { engineAt } from "./engine-log";
import { methods } from "./methods";

/** Put in by `install.ts`. */
declare const STAND_IN_VERSION: string;

const UNLIMITED = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

/**
 * Serves Pulumi's provider protocol on a free port of the loopback address. `@pulumi/pulumi/provider` has a server too,
 * but passes on neither the provider's configuration nor whether a create is a preview.
 *
 * @param engineAddress where the engine listens for log lines, host:port
 * @returns the port
 */
function serve(engineAddress: string | undefined): Promise<number> {
  const server = new grpc.Server(UNLIMITED);
  server.addService(ResourceProviderService, methods(STAND_IN_VERSION, engineAt(engineAddress)));
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
}

/** The engine starts a plugin with its own address as the last argument and reads the port from its first line. */
async function main(): Promise<void> {
  const port = await serve(process.argv.slice(2).findLast((argument) => !argument.startsWith("-")));
  process.stdout.write(`${port}\n`);
}

// The engine sends this when it is done with a plugin, and waits five seconds for one that doesn't go. A Ctrl-C on
// the terminal doesn't come here: plugins are in process groups of their own, and the engine sends them Cancel.
process.on("SIGINT", () => process.exit(0));

endWithParent();
void main();
