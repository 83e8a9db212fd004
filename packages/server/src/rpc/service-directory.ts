import { Code, type RpcMethod, type RpcService, ServeError, shortServiceName } from "@paddlewheel/core";

/** A method as it was found, with the names that logs and metrics use. */
export interface FoundMethod {
  readonly service: RpcService;
  readonly method: RpcMethod;
}

/** The services a server hosts; every transport looks its calls up here. */
export class ServiceDirectory {
  readonly #services = new Map<string, { service: RpcService; methods: Map<string, FoundMethod> }>();

  /** @throws ServeError invalidConf when the full or the short name is taken. */
  register(service: RpcService): void {
    const methods = new Map(service.methods.map((method) => [method.name, { service, method }]));
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

  has(service: string): boolean {
    return this.#services.has(service);
  }

  /**
   * Finds a method by the full or short name of its service.
   * @throws ServeError serviceNotFound, methodNotFound
   */
  find(service: string, method: string): FoundMethod {
    const entry = this.#services.get(service);
    const found = entry?.methods.get(method);
    if (found) return found;
    const code = entry ? Code.methodNotFound : Code.serviceNotFound;
    throw new ServeError(code, notImplemented(`/${service}/${method}`));
  }
}

/** The one text for a path nobody serves; it is the one @grpc/grpc-js gives, which cannot be changed there. */
export function notImplemented(path: string): string {
  return `The server does not implement the method ${path}`;
}
