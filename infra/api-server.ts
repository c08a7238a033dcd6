import { get, type RequestOptions } from "node:https";
import { get as getPlain } from "node:http";
import { text } from "node:stream/consumers";
import type { IncomingMessage } from "node:http";
import type { FoundContext } from "./kubeconfig";
import { limits } from "./limits";

/** Of an object in the cluster, what is looked at. */
export interface KubernetesObject {
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
}

/** Of a Service, what is looked at. */
export interface Service extends KubernetesObject {
  readonly spec?: { readonly ports?: readonly { readonly nodePort?: number }[] };
}

/** The API server answered, and not with what was asked for. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";

  /** @param status - the HTTP status that it answered with */
  constructor(readonly status: number) {
    super(`HTTP ${status}`);
  }
}

/**
 * The few questions that are asked before anything is declared. Each rejects where no answer comes in time, or one
 * that refuses: {@link RefusedError}.
 */
export class ApiServer {
  readonly #context: FoundContext;

  /** Talks to the cluster of a context. */
  constructor(context: FoundContext) {
    this.#context = context;
  }

  /** The namespace, or undefined where there is none of that name. */
  async namespace(name: string): Promise<KubernetesObject | undefined> {
    return (await this.#read(`/api/v1/namespaces/${name}`)) as KubernetesObject | undefined;
  }

  /** The Deployment, or undefined where there is none of that name. */
  async deployment(namespace: string, name: string): Promise<KubernetesObject | undefined> {
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
    return (await this.#read(path)) as KubernetesObject | undefined;
  }

  /** The Services of all namespaces, which share one range of node ports. */
  async services(): Promise<readonly Service[]> {
    const list = (await this.#read("/api/v1/services")) as { items?: readonly Service[] } | undefined;
    return list?.items ?? [];
  }

  async #read(path: string): Promise<unknown> {
    const { server, identity } = this.#context;
    const signal = AbortSignal.timeout(limits.answer);
    const response = await request(new URL(path, server), { ...identity, signal });
    const body = await text(response);
    if (response.statusCode === 200) return JSON.parse(body);
    if (response.statusCode === 404) return undefined;
    throw new RefusedError(response.statusCode ?? 0);
  }
}

function request(url: URL, options: RequestOptions): Promise<IncomingMessage> {
  const send = url.protocol === "http:" ? getPlain : get;
  return new Promise((resolve, reject) => {
    send(url, options, resolve).on("error", reject);
  });
}
