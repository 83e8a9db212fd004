import {
  type Clock,
  Code,
  type RpcMethod,
  type RpcService,
  ServeError,
  shortServiceName,
  systemClock,
} from "@paddlewheel/core";
import type { ConcurrencyLimiter } from "./limiter/concurrency-limiter.js";
import { createLimiter } from "./limiter/create-limiter.js";
import { MethodStats } from "./method-stats.js";

/** A method as it was found, with the names that logs and metrics use. */
export interface FoundMethod {
  readonly service: RpcService;
  readonly method: RpcMethod;
  /** What it did so far, over every protocol. */
  readonly stats: MethodStats;
  /** Limits its calls at work, where it says that they are limited. */
  readonly limiter: ConcurrencyLimiter | undefined;
}

/** The services a server hosts; every transport looks its calls up here. */
export class ServiceDirectory {
  readonly #services = new Map<string, { service: RpcService; methods: Map<string, FoundMethod> }>();
  readonly #clock: Clock;

  /** @param clock of the calls. */
  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** @throws ServeError invalidConf when the full or the short name is taken. */
  register(service: RpcService): void {
    const now = this.#clock.now();
    const methods = new Map(
      service.methods.map((method) => {
        const limiter = createLimiter(method.maxConcurrency ?? 0, `calls of ${service.name}/${method.name}`);
        return [method.name, { service, method, limiter, stats: new MethodStats(now) }];
      }),
    );
    for (const name of new Set([service.name, shortServiceName(service.name)])) {
      if (this.#services.has(name)) {
        throw new ServeError(Code.invalidConf, `a service named "${name}" is already registered`);
      }
      this.#services.set(name, { service, methods });
    }
  }

  services(): readonly RpcService[] {
    return [...new Set([...this.#services.values()].map(({ service }) => service))];
  }

  /** Every method once, in the order of registration. */
  methods(): readonly FoundMethod[] {
    return this.services().flatMap(({ name }) => [...(this.#services.get(name)?.methods.values() ?? [])]);
  }

  /** The method by the names that a call has; undefined when nobody hosts it. */
  get(service: string, method: string): FoundMethod | undefined {
    return this.#services.get(service)?.methods.get(method);
  }

  /** Full and short ones. */
  names(): readonly string[] {
    return [...this.#services.keys()];
  }

  has(service: string): boolean {
    return this.#services.has(service);
  }

  /**
   * Finds a method by the full or short name of its service.
   * @throws ServeError serviceNotFound, methodNotFound
   */
  find(service: string, method: string): FoundMethod {
    const found = this.get(service, method);
    if (found) return found;
    const code = this.has(service) ? Code.methodNotFound : Code.serviceNotFound;
    throw new ServeError(code, notImplemented(`/${service}/${method}`));
  }
}

/** The one text for a path nobody serves; it is the one @grpc/grpc-js gives, which cannot be changed there. */
export function notImplemented(path: string): string {
  return `The server does not implement the method ${path}`;
}
