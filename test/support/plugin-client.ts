import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { spawn } from "node:child_process";
import { once } from "node:events";

/** A plugin that was started as by the engine, and its log. */
export interface RunningPlugin {
  readonly logged: LogRequest.AsObject[];
  call<Request, Response>(method: keyof ResourceProviderClient, request: Request): Promise<Response>;
  stop(): Promise<void>;
}

/** Starts a plugin with the address of an engine that only listens to its log. */
export async function startPlugin(executable: string): Promise<RunningPlugin> {
  const logged: LogRequest.AsObject[] = [];
  const engine = new grpc.Server();
  engine.addService(EngineService, {
    log: (call: { request: LogRequest }, reply: grpc.sendUnaryData<Empty>) => {
      logged.push(call.request.toObject());
      reply(null, new Empty());
    },
  });
  const child = spawn(executable, ["--logtostderr", `127.0.0.1:${await listen(engine)}`]);
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const client = new ResourceProviderClient(`127.0.0.1:${Number(line)}`, grpc.credentials.createInsecure());
  return {
    logged,
    call: (method, request) =>
      new Promise((resolve, reject) => {
        const reply = (error: grpc.ServiceError | null, response: unknown) =>
          error === null ? resolve(response as never) : reject(new Error(error.details));
        (client[method] as (...each: unknown[]) => void).call(client, request, reply);
      }),
    async stop() {
      client.close();
      child.kill();
      await once(child, "exit");
      engine.forceShutdown();
    },
  };
}

/** How soon a plugin has to notice that its engine is gone, in milliseconds: it checks every two seconds. */
const SOON = 5_000;

/** Starts a plugin from a process, kills that process as an engine can be killed, and throws if the plugin doesn't end. */
export async function endsWithItsEngine(executable: string): Promise<void> {
  const engine = spawn("sh", ["-c", '"$0" 127.0.0.1:1; exit', executable], { detached: true });
  await once(engine.stdout, "data");
  engine.kill("SIGKILL");
  try {
    // The output closes once the plugin, which has it too, has ended.
    await once(engine, "close", { signal: AbortSignal.timeout(SOON) });
  } catch (cause) {
    process.kill(-(engine.pid ?? NaN), "SIGKILL");
    throw new Error(`${executable} still runs ${SOON} ms after its engine was killed`, { cause });
  }
}

function listen(server: grpc.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });
}
