import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { buildImage, connect } from "./build";
import { checkImage, diffImage, outputsOf, REAL_PLUGIN } from "./image";
import { compare, fromStruct, toStruct, type Change, type Properties } from "./properties";

/** Shown once in each update, so that nobody takes the stand-in for the real plugin. */
export const ANNOUNCEMENT =
  "docker: the stand-in builds images here because Pulumi's docker plugin could not be downloaded";

/** The methods of the provider protocol. The server answers the others with UNIMPLEMENTED, which the engine expects. */
export function methods(
  version: string,
  engineAddress: string | undefined,
): grpc.UntypedServiceImplementation {
  return {
    getPluginInfo: answer(() => new PluginInfo().setVersion(version)),
    getSchema: answer(() =>
      new rpc.GetSchemaResponse().setSchema(JSON.stringify({ name: "docker", version })),
    ),
    invoke: answer((request: rpc.InvokeRequest): never => {
      throw onlyImages(request.getTok());
    }),
    checkConfig: answer((request: rpc.CheckRequest) => new rpc.CheckResponse().setInputs(request.getNews())),
    // A change of the daemon's address never replaces an image.
    diffConfig: answer((request: rpc.DiffRequest) =>
      diffResponse(compare(fromStruct(request.getOlds()), fromStruct(request.getNews()))),
    ),
    ...imageMethods(new Engine(engineAddress)),
  };
}

function imageMethods(engine: Engine): grpc.UntypedServiceImplementation {
  const cancelled = new AbortController();
  let variables = new Map<string, string>();
  let announced = false;

  /** Builds the image, except in a preview. @returns the outputs */
  async function build(urn: string, inputs: Properties, preview: boolean): Promise<Properties> {
    if (preview) return inputs;
    const docker = await connect(variables);
    try {
      const say = (line: string) => engine.show(urn, line, "status");
      return outputsOf(inputs, await buildImage(docker, inputs, say, cancelled.signal));
    } finally {
      await engine.flush();
    }
  }

  return {
    // Doesn't connect to the daemon: a destroy must not fail because of an outdated address.
    configure: answer((request: rpc.ConfigureRequest) => {
      variables = new Map(request.getVariablesMap().getEntryList());
      return new rpc.ConfigureResponse().setSupportspreview(true);
    }),
    cancel: answer(() => {
      cancelled.abort(new Error("the build was cancelled"));
      return new Empty();
    }),
    check: answer(async (request: rpc.CheckRequest) => {
      requireImage(request.getUrn());
      if (!announced) engine.show(request.getUrn(), ANNOUNCEMENT, "line");
      announced = true;
      const { inputs, failures } = await checkImage(fromStruct(request.getNews()));
      const list = failures.map((reason) => new rpc.CheckFailure().setReason(reason));
      return new rpc.CheckResponse().setInputs(toStruct(inputs)).setFailuresList(list);
    }),
    diff: answer((request: rpc.DiffRequest) =>
      diffResponse(diffImage(fromStruct(request.getOlds()), fromStruct(request.getNews()))),
    ),
    create: answer(async (request: rpc.CreateRequest) => {
      const inputs = fromStruct(request.getProperties());
      const outputs = await build(request.getUrn(), inputs, request.getPreview());
      const id = request.getPreview() ? "" : String(inputs["imageName"]);
      return new rpc.CreateResponse().setId(id).setProperties(toStruct(outputs));
    }),
    update: answer(async (request: rpc.UpdateRequest) => {
      const outputs = await build(request.getUrn(), fromStruct(request.getNews()), request.getPreview());
      return new rpc.UpdateResponse().setProperties(toStruct(outputs));
    }),
    // As in the real plugin, `read` returns the state, and `delete` keeps the image: new pods may need it.
    read: answer((request: rpc.ReadRequest) => {
      const response = new rpc.ReadResponse().setId(request.getId());
      return response.setProperties(request.getProperties()).setInputs(request.getInputs());
    }),
    delete: answer(() => new Empty()),
  };
}

/** Makes a method of the protocol. The message of an error that `work` throws becomes the call's error. */
function answer<Request, Response>(
  work: (request: Request) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve(call.request)
      .then(work)
      .then(
        (response) => callback(null, response),
        (error: Error) => callback({ code: grpc.status.UNKNOWN, details: error.message }),
      );
  };
}

/** Refuses other types than Image. A URN is urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>. */
function requireImage(urn: string): void {
  const type = urn.split("::")[2]?.split("$").pop() ?? "";
  if (type !== "docker:index/image:Image") throw onlyImages(type);
}

function onlyImages(what: string): Error {
  return new Error(
    `${what}: the stand-in for Pulumi's docker plugin supports only docker.Image. ${REAL_PLUGIN}`,
  );
}

const KINDS = {
  add: rpc.PropertyDiff.Kind.ADD,
  delete: rpc.PropertyDiff.Kind.DELETE,
  update: rpc.PropertyDiff.Kind.UPDATE,
} as const satisfies Record<Change, unknown>;

function diffResponse(changes: ReadonlyMap<string, Change>): rpc.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = rpc.DiffResponse.DiffChanges;
  if (changes.size === 0) return new rpc.DiffResponse().setChanges(DIFF_NONE);
  const response = new rpc.DiffResponse().setChanges(DIFF_SOME).setHasdetaileddiff(true);
  for (const [key, change] of changes) {
    response.getDetaileddiffMap().set(key, new rpc.PropertyDiff().setKind(KINDS[change]));
  }
  return response.setDiffsList([...changes.keys()]);
}

/** Shows messages to the person who runs the engine, one after the other. Drops messages that can't be delivered. */
class Engine {
  readonly #client: EngineClient | undefined;
  #last = Promise.resolve();

  /** @param address host:port; undefined to drop all messages */
  constructor(address: string | undefined) {
    if (address !== undefined) this.#client = new EngineClient(address, grpc.credentials.createInsecure());
  }

  /** Shows a line. It stays in the output, unless it is a status, which the next one replaces. */
  show(urn: string, message: string, kind: "line" | "status"): void {
    const client = this.#client;
    if (client === undefined) return;
    const request = new LogRequest().setSeverity(LogSeverity.INFO).setUrn(urn);
    request.setMessage(message).setEphemeral(kind === "status");
    this.#last = this.#last.then(() => new Promise((done) => client.log(request, () => done())));
  }

  /** Waits until all messages have arrived. */
  flush(): Promise<void> {
    return this.#last;
  }
}
