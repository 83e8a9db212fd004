import {
  type Clock,
  Code,
  quoteNames,
  type RestfulPaths,
  type RpcMethod,
  type RpcService,
  ServeError,
  shortServiceName,
  splitPath,
  systemClock,
} from "@paddlewheel/core";
import type { ConcurrencyLimiter } from "./limiter/concurrency-limiter.js";
import { createLimiter } from "./limiter/create-limiter.js";
import { MethodStats } from "./method-stats.js";
import { findRestful, planRestful, type RestfulRoute, type RestfulTable } from "./restful-routes.js";

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
  readonly #restfulRoutes: RestfulRoute<FoundMethod>[] = [];
  readonly #clock: Clock;
  #restful: RestfulTable<FoundMethod> = planRestful([]);
  /** What was asked for last: most calls are of one method, and each is looked up several times on its way. */
  #last: { readonly service: string; readonly method: string; readonly found: FoundMethod } | undefined;

  /** @param clock of the calls. */
  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** @throws ServeError invalidConf when the full or the short name is taken, or a path of it. */
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
    if (service.restful) this.#mapPaths(service.restful, methods);
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
    if (this.#last?.service === service && this.#last.method === method) return this.#last.found;
    const found = this.#services.get(service)?.methods.get(method);
    if (found) this.#last = { service, method, found };
    return found;
  }

  /** The method that a restful mapping leads a path to; undefined when none does. */
  getByPath(path: string): FoundMethod | undefined {
    return findRestful(this.#restful, path);
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

  /** Why a path of HTTP leads to no method. A service alone is told its methods, as by brpc. */
  whyNotPath(path: string): ServeError {
    const [service = "", method] = splitPath(path);
    const entry = this.#services.get(service);
    if (!entry) return new ServeError(Code.serviceNotFound, notImplemented(path));
    const { restful } = entry.service;
    if (restful && !restful.allowDefaultUrl) {
      const paths = quoteNames(restful.mappings.map((one) => one.path));
      return new ServeError(Code.methodNotFound, `${notImplemented(path)}; ${service} answers to ${paths}`);
    }
    if (method !== undefined) return new ServeError(Code.methodNotFound, notImplemented(path));
    const methods = quoteNames(entry.methods.keys());
    return new ServeError(Code.methodNotFound, `${path} names no method; ${service} has ${methods}`);
  }

  #mapPaths({ mappings }: RestfulPaths, methods: ReadonlyMap<string, FoundMethod>): void {
    for (const { path, method } of mappings) {
      const target = methods.get(method);
      if (!target)
        throw new ServeError(Code.invalidConf, `${path} is mapped to "${method}", which is no method`);
      if (this.#restfulRoutes.some((route) => route.path === path)) {
        throw new ServeError(Code.invalidConf, `${path} is mapped already`);
      }
      this.#restfulRoutes.push({ path, target });
    }
    this.#restful = planRestful(this.#restfulRoutes);
  }
}

/** The one text for a path nobody serves; it is the one @grpc/grpc-js gives, which cannot be changed there. */
export function notImplemented(path: string): string {
  return `The server does not implement the method ${path}`;
}
