import { mkdirSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { type Notation, renderServerConf, type ServerConf } from "@paddlewheel/conf";
import { Code, type MaxConcurrency, ServeError } from "@paddlewheel/core";
import { createRegistries, type Registries } from "../registries.js";
import { ServerManager } from "../server-manager.js";
import type { ServerOptions } from "../server-options.js";
import type { ModelConfig } from "./model-options.js";
import type { OpGraph } from "./op-graph.js";
import { opModulesOf } from "./op-modules.js";
import { type PlannedServer, planServer } from "./plan-server.js";
import type { ServiceOptions } from "./service-options.js";

/** What a built server takes from outside; see ServerOptions. */
export type ServerBuilderOptions = Omit<ServerOptions, "conf" | "port" | "threadNum">;

export interface PrepareOptions {
  /** Default 9292; 0 takes any free one. */
  readonly port?: number;
  /** Folder to write the conf files to; it is made when it is not there. Default none. */
  readonly workdir?: string;
}

export interface WriteOptions {
  /** The folder the files are for, when they are to be read from elsewhere than their own folder. */
  readonly dir?: string;
}

/**
 * A server that is built in code, as Paddle Serving's Python API does: graphs, services and models go in, conf files or
 * a running server come out, and both are the same.
 *
 * ```ts
 * await using server = new Server();
 * server.setOpSequence(sequence.getOpSequence());
 * server.loadModelConfig("./uci_housing_model");
 * const { port } = await server.runServer();
 * ```
 *
 * Source: Paddle Serving, python/paddle_serving_server/server.py.
 */
export class Server implements AsyncDisposable {
  readonly #options: ServerBuilderOptions;
  readonly #registries: Registries;
  readonly #services: ServiceOptions[] = [];
  #graph: OpGraph | undefined;
  #models: ModelConfig = [];
  #port = 9292;
  #threadNum: number | undefined;
  #limits: ServerOptions["limits"];
  #runtimeThreadNum: readonly number[] = [];
  #batchInferSize: readonly number[] = [];
  #manager: ServerManager | undefined;

  constructor(options: ServerBuilderOptions = {}) {
    this.#options = options;
    this.#registries = options.registries ?? createRegistries();
    this.#limits = options.limits;
  }

  /** The workflow of GeneralModelService; replaces what was set before. For more than that there is `addService`. */
  setOpSequence(graph: OpGraph): void {
    this.#graph = graph;
  }

  /** As `setOpSequence`, in Paddle Serving's word for graphs. */
  setOpGraph(graph: OpGraph): void {
    this.#graph = graph;
  }

  /** Adds a service with its workflows. */
  addService(service: ServiceOptions): this {
    this.#services.push(service);
    return this;
  }

  /** The models, for the nodes that run one; replaces those given before. */
  loadModelConfig(models: ModelConfig): void {
    this.#models = models;
  }

  /** Worker threads of a model that needs some and has no number of its own. Default one per core. */
  setNumThreads(threads: number): void {
    this.#threadNum = threads;
  }

  /** Default 9292; 0 takes any free one. */
  setPort(port: number): void {
    this.#port = port;
  }

  /** Largest message in bytes. Default 64 MiB. */
  setMaxBodySize(bytes: number): void {
    this.#limits = { ...this.#limits, maxBodySize: bytes };
  }

  /** Calls at work before new ones are refused, or how that number is found. Default 0, no limit. */
  setMaxConcurrency(calls: MaxConcurrency): void {
    this.#limits = { ...this.#limits, maxConcurrency: calls };
  }

  /** Worker threads of each model, in the order of the nodes; one number is for all. Default 0, decided at warm-up. */
  setRuntimeThreadNum(threads: number | readonly number[]): void {
    this.#runtimeThreadNum = [threads].flat();
  }

  /** Most rows of one run of each model, in the order of the nodes; one number is for all. Default 32. */
  setBatchInferSize(rows: number | readonly number[]): void {
    this.#batchInferSize = [rows].flat();
  }

  /**
   * Sets the port, checks all that was given, and writes the conf files when there is a `workdir`.
   * @throws ServeError invalidConf as `toConf` does; the file system's own error when files cannot be written.
   */
  prepareServer({ port, workdir }: PrepareOptions = {}): void {
    if (port !== undefined) this.#port = port;
    if (workdir === undefined) {
      this.toConf();
      return;
    }
    for (const [file, text] of this.toPrototxt({ dir: workdir })) {
      const path = join(workdir, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
  }

  /**
   * The configuration the server runs with, which its conf files give back.
   * @throws ServeError invalidConf with a line for each fault that names the service, graph, node or engine.
   */
  toConf(): ServerConf {
    return this.#plan().conf;
  }

  /**
   * The conf files: text by path inside their folder. Limits and threads are no part of conf but flags of `start`.
   * @throws ServeError as `toConf` does, and when the class of an Op does not say which module it is from.
   */
  toPrototxt(options: WriteOptions = {}): ReadonlyMap<string, string> {
    return this.#render("prototxt", options);
  }

  /** As `toPrototxt`, in YAML. */
  toYaml(options: WriteOptions = {}): ReadonlyMap<string, string> {
    return this.#render("yaml", options);
  }

  /**
   * Starts in this process and resolves when calls are taken.
   * @throws ServeError as `toConf` does, and when the port is taken or a model does not load; it can be called again then.
   */
  async runServer(): Promise<AddressInfo> {
    if (this.#manager) throw new ServeError(Code.unavailable, "the server runs already: stop it first");
    const { conf, warnings } = this.#plan();
    for (const warning of warnings) this.#options.logger?.warn({}, warning);
    const manager = new ServerManager({
      ...this.#options,
      conf,
      port: this.#port,
      registries: this.#registries,
      ...(this.#limits ? { limits: this.#limits } : {}),
      ...(this.#threadNum ? { threadNum: this.#threadNum } : {}),
    });
    this.#manager = manager;
    try {
      return await manager.start();
    } catch (error) {
      if (this.#manager === manager) this.#manager = undefined;
      throw error;
    }
  }

  /** Answers the calls at work, and gives models and sockets back. Does nothing when the server does not run. */
  async stop(): Promise<void> {
    const manager = this.#manager;
    await manager?.stop();
    if (this.#manager === manager) this.#manager = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #plan(): PlannedServer {
    const own: readonly ServiceOptions[] = this.#graph ? [{ workflows: [this.#graph] }] : [];
    return planServer(
      {
        port: this.#port,
        services: [...own, ...this.#services],
        models: this.#models,
        engineDefaults: {
          runtimeThreadNum: this.#runtimeThreadNum,
          batchInferSize: this.#batchInferSize,
        },
      },
      this.#registries,
    );
  }

  #render(format: Notation, options: WriteOptions): ReadonlyMap<string, string> {
    const { conf, graphs } = this.#plan();
    return renderServerConf({ ...conf, opModules: opModulesOf(graphs) }, { format, ...options });
  }
}
