import { Code, ServeError } from "@paddlewheel/core";
import { generalModelServiceName } from "@paddlewheel/wire";
import type { CallTransport } from "./call-transport.js";
import type { ClientOptions } from "./client-options.js";
import { HttpTransport } from "./http/transport.js";
import { resolveSecurity } from "./security/client-security.js";
import { connectTarget } from "./target/connect-target.js";
import { GeneralModelTransport } from "./target/general-model-transport.js";
import { type CallTarget, parseTarget } from "./target/parse-target.js";
import { CompressType } from "./transport/host-transport.js";

/** Servers that are alike, and their share of the calls. */
export interface VariantConf {
  /** The name that `needVariantTag` tells. */
  readonly tag: string;
  readonly endpoints: readonly string[];
  readonly weight: number;
}

/** The servers of one variant, connected. */
export class ClientVariant {
  readonly tag: string;
  readonly #transports: CallTransport[] = [];
  #turn = 0;

  /** @throws ServeError invalidArgument or invalidConf for an endpoint that is none. */
  constructor({ tag, endpoints }: VariantConf, options: ClientOptions) {
    this.tag = tag;
    const others = endpoints.filter((endpoint) => !isHttpUrl(endpoint));
    const targets = joinHosts(others.map((text) => parseTarget(text, options.protocol)));
    try {
      for (const url of endpoints.filter(isHttpUrl)) this.#transports.push(httpTransport(url, options));
      for (const target of targets) this.#transports.push(targetTransport(target, tag, options));
    } catch (thrown) {
      this.close();
      throw thrown;
    }
  }

  /** Whose turn it is. @throws ServeError invalidArgument without an endpoint. */
  next(): CallTransport {
    const transport = this.#transports[this.#turn++ % this.#transports.length];
    if (transport) return transport;
    throw new ServeError(Code.invalidArgument, "no endpoint: call connect first");
  }

  /** Idempotent. */
  close(): void {
    for (const transport of this.#transports) transport.close();
  }
}

/** HTTP has bodies of its own, JSON and packed ones, which the protocols behind a target have not. */
function isHttpUrl(endpoint: string): boolean {
  return /^https?:\/\//.test(endpoint);
}

function httpTransport(url: string, { http, headers, tls, token }: ClientOptions): CallTransport {
  const security = resolveSecurity(tls, token);
  return new HttpTransport(url, { ...http, headers: { ...headers, ...http?.headers }, security });
}

function targetTransport(target: CallTarget, variant: string, options: ClientOptions): CallTransport {
  const { service = generalModelServiceName, compressType = CompressType.none } = options;
  const headers = Object.entries(options.headers ?? {}).map(([name, value]): [string, string] => [
    name.toLowerCase(),
    value,
  ]);
  const connected = connectTarget(target, { ...options, variant });
  return new GeneralModelTransport(connected, { service, compressType, headers: new Map(headers) });
}

/** Single servers that are called alike are one cluster, so that a call that fails at one is tried at another. */
function joinHosts(targets: readonly CallTarget[]): readonly CallTarget[] {
  const joined = new Map<string, CallTarget>();
  for (const target of targets) {
    const { protocol, isTls, naming } = target;
    if (naming.includes("://")) joined.set(naming, target);
    else {
      const way = `${protocol} ${isTls}`;
      const before = joined.get(way)?.naming;
      joined.set(way, { ...target, naming: before ? `${before},${naming}` : `list://${naming}` });
    }
  }
  return [...joined.values()];
}
