import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Code, type Logger, type RpcService, ServeError, silentLogger, systemClock } from "@paddlewheel/core";
import { createInferManager, type LocalInferManager } from "@paddlewheel/inference";
import { TokenSource } from "./auth/token-source.js";
import { createService, createWorkflows, opsOnPool } from "./create-services.js";
import { HttpRouter } from "./http/router.js";
import { LateInferManager } from "./late-infer-manager.js";
import { defaultLimits, type ServerLimits } from "./limits.js";
import { Listener } from "./listener/listener.js";
import { PromMetrics } from "./observe/prom-metrics.js";
import { createOpPool, type WorkerOpPool } from "./op-pool/op-pool.js";
import { OverloadGuard } from "./overload/overload-guard.js";
import { adminPages } from "./pages/admin-pages.js";
import { addPages } from "./pages/place-pages.js";
import { ServerPages } from "./pages/server-pages.js";
import { createRegistries, type Registries } from "./registries.js";
import { CallGate } from "./rpc/call-gate.js";
import { CallTracer } from "./rpc/call-tracer.js";
import { ServiceDirectory } from "./rpc/service-directory.js";
import type { ServerOptions } from "./server-options.js";
import { TlsAcceptor } from "./tls/tls-acceptor.js";
import { Transports } from "./transports.js";

type State = "new" | "starting" | "ready" | "stopping" | "stopped";

/** One server process: its port, its models, its services, from start to a stop that loses no call. */
export class ServerManager {
  readonly #options: ServerOptions;
  readonly #registries: Registries;
  readonly #limits: ServerLimits;
  readonly #logger: Logger;
  readonly #metrics = new PromMetrics({ withProcessMetrics: true });
  readonly #directory = new ServiceDirectory();
  readonly #engines = new LateInferManager();
  readonly #opPool: WorkerOpPool;
  readonly #tokens: TokenSource | undefined;
  readonly #tls: TlsAcceptor | undefined;
  readonly #overload: OverloadGuard;
  readonly #gate: CallGate;
  readonly #router: HttpRouter;
  readonly #transports: Transports;
  readonly #listener: Listener;
  readonly #pages: ServerPages;
  readonly #stopLoading = new AbortController();
  #loading: Promise<LocalInferManager> | undefined;
  #state: State = "new";
  #stopped: Promise<void> | undefined;
  #internalAddress: AddressInfo | undefined;

  /** @throws ServeError invalidConf when a workflow or service cannot be built, or the files of tokens or of TLS are at fault. */
  constructor(options: ServerOptions) {
    this.#options = options;
    this.#registries = options.registries ?? createRegistries();
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#logger = options.logger ?? silentLogger;
    const shared = { limits: this.#limits, logger: this.#logger, metrics: this.#metrics };
    const directory = this.#directory;
    const tracer = this.#createTracer();
    this.#tls = options.tls && new TlsAcceptor({ ...shared, tls: options.tls, clock: systemClock });
    this.#tokens = options.auth && new TokenSource({ ...shared, ...options.auth, clock: systemClock });
    const authenticator = this.#tokens?.authenticator;
    this.#overload = new OverloadGuard(shared);
    this.#gate = new CallGate({
      ...shared,
      directory,
      tracer,
      authenticator,
      overload: this.#overload,
      accessLog: options.accessLog,
    });
    this.#router = new HttpRouter({
      ...shared,
      directory,
      gate: this.#gate,
      corsOrigins: options.corsOrigins,
    });
    this.#transports = new Transports({ ...shared, directory, gate: this.#gate, router: this.#router });
    this.#listener = new Listener({ ...shared, handlers: this.#transports.handlers, tls: this.#tls });
    const threads = options.opThreadNum;
    this.#opPool = createOpPool({ ...shared, ...(threads ? { threads } : {}) });
    this.#addServices();
    this.#pages = this.#createPages();
    addPages(this.#router, adminPages(this.#engines));
    options.process?.reportMetrics(() => this.#metrics.families());
  }

  /** Hosts another service on every transport it allows; before `start`. */
  register(service: RpcService): void {
    this.#directory.register(service);
  }

  /**
   * Opens the port, loads and warms every model and every Op on the pool, then takes calls. Health pages answer from the
   * first moment. A process beside others opens it last instead, when it takes calls.
   * @throws ServeError when the port is taken, a model or an Op does not load, or the server is stopped meanwhile;
   * nothing is left open then.
   */
  async start(): Promise<AddressInfo> {
    this.#state = "starting";
    const { conf, process } = this.#options;
    try {
      await this.#transports.open(this.#options.grpc ?? "native");
      this.#throwIfStopped();
      this.#tokens?.start(this.#directory.names());
      this.#tls?.start();
      const openedFirst = process?.opensLast ? undefined : await this.#openPorts();
      this.#loading = this.#loadModels();
      this.#engines.bind(await this.#loading);
      await this.#opPool.prepare(opsOnPool(conf, this.#registries.ops));
      this.#throwIfStopped();
      this.#takeCalls();
      return openedFirst ?? (await this.#openPorts());
    } catch (error) {
      await this.stop();
      throw ServeError.from(error);
    }
  }

  async #openPorts(): Promise<AddressInfo> {
    const { conf, host = "0.0.0.0", port = 9393 } = this.#options;
    const address = await this.#listener.listen(conf.port || port, host);
    this.#internalAddress = await this.#pages.open(address.port);
    return address;
  }

  #takeCalls(): void {
    this.#gate.open();
    this.#overload.start();
    this.#transports.setServing(true);
    this.#state = "ready";
  }

  /** Stops accepting, answers every call at work (up to `drainTimeoutMs`), releases models and sockets. Idempotent. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** Where the pages are when they have a port of their own; from `start` on. */
  get internalAddress(): AddressInfo | undefined {
    return this.#internalAddress;
  }

  /** No call is at work and every answer has left; the transports know of the latter, after the call is over. */
  get isIdle(): boolean {
    return this.#gate.isIdle && this.#transports.isIdle;
  }

  async #stop(): Promise<void> {
    this.#state = "stopping";
    this.#overload.close();
    this.#stopLoading.abort();
    this.#tokens?.close();
    this.#tls?.close();
    this.#transports.setServing(false);
    this.#transports.drainHttp();
    // Connections the kernel has taken for us already are accepted in this turn; closing first would reset them.
    await nextTurn();
    this.#listener.stopAccepting();
    this.#transports.drain();
    const isDrained = await this.#listener.drain(this, this.#limits.drainTimeoutMs);
    if (!isDrained) this.#logger.warn({ drainTimeoutMs: this.#limits.drainTimeoutMs }, "calls were cut off");
    this.#listener.destroyConnections();
    this.#transports.close();
    const manager = await this.#loading?.catch(() => undefined);
    await manager?.close();
    await this.#opPool.close();
    // Last, so that it can be watched how the server stops.
    this.#pages.close();
    this.#state = "stopped";
  }

  async #loadModels(): Promise<LocalInferManager> {
    const { conf, onProgress, threadNum, modelCache, modelKey, reloadIntervalMs, requestCacheSize } =
      this.#options;
    return await createInferManager({
      engines: conf.engines,
      metrics: this.#metrics,
      logger: this.#logger,
      signal: this.#stopLoading.signal,
      ...(modelCache ? { modelCache } : {}),
      ...(modelKey ? { modelKey } : {}),
      ...(threadNum ? { defaultThreadNum: threadNum } : {}),
      ...(reloadIntervalMs ? { reloadIntervalMs } : {}),
      ...(requestCacheSize ? { requestCacheSize } : {}),
      ...(onProgress ? { onProgress } : {}),
    });
  }

  #throwIfStopped(): void {
    if (this.#stopped !== undefined) {
      throw new ServeError(Code.unavailable, "the server was stopped while it started");
    }
  }

  #shownState(): string {
    return this.#state === "ready" && this.#overload.isSevere ? "overloaded" : this.#state;
  }

  #addServices(): void {
    const { conf } = this.#options;
    const registries = this.#registries;
    const environment = {
      inferManager: this.#engines,
      metrics: this.#metrics,
      logger: this.#logger,
      clock: systemClock,
      opPool: this.#opPool,
    };
    const parts = { workflows: createWorkflows(conf, registries.ops), registries, environment };
    for (const service of conf.services.flatMap((one) => createService(one, parts))) this.register(service);
  }

  #createTracer(): CallTracer {
    const { traceRequests: isOnRequest = true, traceSink: sink } = this.#options;
    sink?.open({ metrics: this.#metrics, logger: this.#logger });
    return new CallTracer({ isOnRequest, sink, logger: this.#logger });
  }

  #createPages(): ServerPages {
    return new ServerPages({
      ...this.#options,
      router: this.#router,
      listener: this.#listener,
      gate: this.#gate,
      directory: this.#directory,
      limits: this.#limits,
      logger: this.#logger,
      metrics: this.#metrics,
      health: { state: () => this.#shownState(), engines: () => this.#engines.states() },
      requestsOn: (socket) => this.#transports.requestsOn(socket),
    });
  }
}
