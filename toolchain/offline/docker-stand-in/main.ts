import { promisify } from "node:util";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { endWithParent } from "../../../common/parent";
import { methods } from "./methods";

/** `install.ts` sets this. */
declare const STAND_IN_VERSION: string;

const UNLIMITED = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

/**
 * Serves Pulumi's provider protocol on a free port of the loopback address. The server of `@pulumi/pulumi/provider` lacks
 * two things: the provider's configuration, and whether a create is a preview.
 *
 * The engine passes the address to which it receives log lines (host:port) as the last argument, and reads the plugin's
 * port from the first line of output.
 */
async function main(): Promise<void> {
  const engineAddress = process.argv.slice(2).findLast((argument) => !argument.startsWith("-"));
  const server = new grpc.Server(UNLIMITED);
  server.addService(ResourceProviderService, methods(STAND_IN_VERSION, engineAddress));
  const bind = promisify(server.bindAsync.bind(server));
  const port = await bind("127.0.0.1:0", grpc.ServerCredentials.createInsecure());
  process.stdout.write(`${port}\n`);
}

// The engine sends SIGINT when it no longer needs a plugin, and waits up to five seconds for its end. Ctrl-C in a terminal
// doesn't reach plugins, which have their own process groups: the engine calls their Cancel.
process.on("SIGINT", () => process.exit(0));

endWithParent();
void main();
