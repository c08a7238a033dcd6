import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { buildImage, connect } from "./build";
import type { Engine } from "./engine-log";
import { checkImage, diffImage, outputsOf, REAL_PLUGIN } from "./image";
import { compare, fromStruct, toStruct, type Change, type Properties } from "./properties";

/** Said once in each update, so that nobody takes the stand-in for the real plugin. */
export const ANNOUNCEMENT =
  "docker: the stand-in builds images here because Pulumi's docker plugin could not be downloaded";

/** The methods of the provider protocol. The server answers the others with UNIMPLEMENTED, which the engine expects. */
export function methods(version: string, engine: Engine): grpc.UntypedServiceImplementation {
  return {
    getPluginInfo: answer(() => new PluginInfo().setVersion(version)),
    getSchema: answer(() =>
      new rpc.GetSchemaResponse().setSchema(JSON.stringify({ name: "docker", version })),
    ),
    invoke: answer((request: rpc.InvokeRequest): never => {
      throw onlyImages(request.getTok());
    }),
    checkConfig: answer((request: rpc.CheckRequest) => new rpc.CheckResponse().setInputs(request.getNews())),
    // Another address leads to the same images, so it never replaces them.
    diffConfig: answer((request: rpc.DiffRequest) =>
      diffResponse(compare(fromStruct(request.getOlds()), fromStruct(request.getNews()))),
    ),
    ...imageMethods(engine),
  };
}

function imageMethods(engine: Engine): grpc.UntypedServiceImplementation {
  const cancelled = new AbortController();
  let variables = new Map<string, string>();
  let announced = false;

  /** A preview builds nothing. */
  async function make(urn: string, inputs: Properties, preview: boolean): Promise<Properties> {
    if (preview) return inputs;
    const docker = await connect(variables);
    try {
      const say = (line: string) => engine.status(urn, line);
      return outputsOf(inputs, await buildImage(docker, inputs, say, cancelled.signal));
    } finally {
      await engine.flush();
    }
  }

  return {
    // The daemon isn't asked yet: a destroy must not fail on an address that is out of date.
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
      if (!announced) engine.info(request.getUrn(), ANNOUNCEMENT);
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
      const outputs = await make(request.getUrn(), inputs, request.getPreview());
      const id = request.getPreview() ? "" : String(inputs["imageName"]);
      return new rpc.CreateResponse().setId(id).setProperties(toStruct(outputs));
    }),
    update: answer(async (request: rpc.UpdateRequest) => {
      const outputs = await make(request.getUrn(), fromStruct(request.getNews()), request.getPreview());
      return new rpc.UpdateResponse().setProperties(toStruct(outputs));
    }),
    // As in the real plugin, the state is believed, and a delete leaves the image, which pods may be started
    // from again.
    read: answer((request: rpc.ReadRequest) => {
      const response = new rpc.ReadResponse().setId(request.getId());
      return response.setProperties(request.getProperties()).setInputs(request.getInputs());
    }),
    delete: answer(() => new Empty()),
  };
}

/** Answers a call with what `work` returns; what it throws becomes the call's error, in its own words. */
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

/** The type in a URN: urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>. */
function requireImage(urn: string): void {
  const type = urn.split("::")[2]?.split("$").pop() ?? "";
  if (type !== "docker:index/image:Image") throw onlyImages(type);
}

function onlyImages(what: string): Error {
  return new Error(
    `${what}: the stand-in for Pulumi's docker plugin does docker.Image alone. ${REAL_PLUGIN}`,
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
