import { Code, ServeError } from "@paddlewheel/core";
import type { ClientOptions } from "./client-options.js";
import { connectTarget } from "./target/connect-target.js";
import { GeneralModelTransport } from "./target/general-model-transport.js";
import { type CallTarget, parseTarget } from "./target/parse-target.js";
import { resolveServiceCall, resolveTargetOptions } from "./target/resolve-options.js";

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
  readonly #transports: GeneralModelTransport[] = [];
  #turn = 0;

  /** @throws ServeError invalidArgument or invalidConf for an endpoint that is none. */
  constructor({ tag, endpoints }: VariantConf, options: ClientOptions) {
    this.tag = tag;
    const targets = joinHosts(endpoints.map((text) => parseTarget(text, options.protocol)));
    try {
      for (const target of targets) {
        const connected = connectTarget(target, { ...resolveTargetOptions(target, options), variant: tag });
        this.#transports.push(new GeneralModelTransport(connected, resolveServiceCall(target, options)));
      }
    } catch (thrown) {
      this.close();
      throw thrown;
    }
  }

  /** Whose turn it is. @throws ServeError invalidArgument without an endpoint. */
  next(): GeneralModelTransport {
    const transport = this.#transports[this.#turn++ % this.#transports.length];
    if (transport) return transport;
    throw new ServeError(Code.invalidArgument, "no endpoint: call connect first");
  }

  /** Idempotent. */
  close(): void {
    for (const transport of this.#transports) transport.close();
  }
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
