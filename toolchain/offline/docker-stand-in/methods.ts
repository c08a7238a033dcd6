import type * as grpc from "@grpc/grpc-js";
import type { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { onlyImages } from "./announcement";
import { answer } from "./answer";
import { readConfig } from "./config";
import { engineAt } from "./engine";
import type { Change } from "./properties";
import { compare, fromStruct, toStruct } from "./properties";
import type { Provider } from "./provider";

/** The methods of the provider protocol. What isn't here is answered with UNIMPLEMENTED by the server itself, which the engine takes for a no. */
export function methods(version: string, provider: Provider): grpc.UntypedServiceImplementation {
  return {
    getPluginInfo: answer(() => new PluginInfo().setVersion(version)),
    getSchema: answer(() =>
      new rpc.GetSchemaResponse().setSchema(JSON.stringify({ name: "docker", version })),
    ),
    attach: answer((request: PluginAttach) => {
      provider.attach(engineAt(request.getAddress()));
      return new Empty();
    }),
    cancel: answer(() => {
      provider.cancel();
      return new Empty();
    }),
    invoke: answer((request: rpc.InvokeRequest): never => {
      throw onlyImages(request.getTok());
    }),
    ...configMethods(provider),
    ...resourceMethods(provider),
  };
}

function configMethods(provider: Provider): grpc.UntypedServiceImplementation {
  return {
    checkConfig: answer((request: rpc.CheckRequest) => new rpc.CheckResponse().setInputs(request.getNews())),
    diffConfig: answer((request: rpc.DiffRequest) => {
      // Another address is another way to the images, not other images: never a replacement.
      return diffResponse(compare(fromStruct(request.getOlds()), fromStruct(request.getNews())));
    }),
    configure: answer((request: rpc.ConfigureRequest) => {
      const variables = new Map(request.getVariablesMap().getEntryList());
      provider.configure(readConfig(variables, process.env));
      return new rpc.ConfigureResponse().setSupportspreview(true);
    }),
  };
}

function resourceMethods(provider: Provider): grpc.UntypedServiceImplementation {
  return {
    check: answer((request: rpc.CheckRequest) => {
      const { inputs, failures } = provider.check(request.getUrn(), fromStruct(request.getNews()));
      // The engine looks a failure's property up at the top level alone and prints its value: so the path is text.
      const problems = failures.map(({ property, reason }) => {
        return new rpc.CheckFailure().setReason(`${property}: ${reason}`);
      });
      return new rpc.CheckResponse().setInputs(toStruct(inputs)).setFailuresList(problems);
    }),
    diff: answer((request: rpc.DiffRequest) => {
      const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
      return diffResponse(provider.diff(request.getUrn(), olds, news));
    }),
    create: answer(async (request: rpc.CreateRequest) => {
      const inputs = fromStruct(request.getProperties());
      const { id, outputs } = await provider.make(request.getUrn(), inputs, request.getPreview());
      return new rpc.CreateResponse().setId(id).setProperties(toStruct(outputs));
    }),
    update: answer(async (request: rpc.UpdateRequest) => {
      const inputs = fromStruct(request.getNews());
      const { outputs } = await provider.make(request.getUrn(), inputs, request.getPreview());
      return new rpc.UpdateResponse().setProperties(toStruct(outputs));
    }),
    // The state is taken at its word, and a delete leaves the image where it is: pods of an earlier release may
    // be started from it again. Both as in the real plugin.
    read: answer((request: rpc.ReadRequest) => {
      const response = new rpc.ReadResponse().setId(request.getId());
      return response.setProperties(request.getProperties()).setInputs(request.getInputs());
    }),
    delete: answer(() => new Empty()),
  };
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
