import type { Call } from "../call.js";
import { Code } from "../code.js";
import type { DagNode } from "../dag/plan-dag.js";
import { DependencyMode, type NodeConf, startupOp } from "../dag/workflow-conf.js";
import type { InferEngineInfo, InferManager } from "../engine/infer-manager.js";
import type { CallSpan } from "../observe/call-trace.js";
import type { Clock } from "../observe/clock.js";
import type { Logger } from "../observe/logger.js";
import type { Metrics } from "../observe/metrics.js";
import { ServeError } from "../serve-error.js";
import type { TensorMap } from "../tensor/tensor.js";
import type { Bus } from "./bus.js";
import type { Channel } from "./channel.js";
import type { GeneralBlob } from "./general-blob.js";
import type { ConfigSchema } from "./op-config.js";
import type { OpPool } from "./op-pool.js";

/** What the framework gives to Ops from outside. */
export interface OpEnvironment {
  readonly inferManager: InferManager;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Where Ops that declare `runsOn: "pool"` run; without one they cannot be used. */
  readonly opPool?: OpPool | undefined;
}

/** What one Op instance is bound to for its whole life: its node in the Dag, and the bus of its DagView. */
export interface OpBinding {
  readonly node: DagNode;
  readonly workflow: string;
  readonly bus: Bus;
  readonly config: unknown;
  readonly environment: OpEnvironment;
  /** Whether nobody but this Op will read a dependency's output any more; when not given, never. */
  readonly isLastReader?: ((name: string) => boolean) | undefined;
}

/**
 * How an Op ended: nothing or 0 is success, a negative code fails the request, a positive one means that this Op gives
 * no output and its dependents may go on without.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: an author's inference may return nothing at all
export type OpResult = number | undefined | void;

/** A class of Ops as registries hold it. */
export interface OpClass {
  new (): Op;
  /** Name in conf; the class's own name when it is not set. */
  readonly type?: string;
  /** Its nodes run an engine, which conf must have: the one of the node's name, or the one `engineOption` names. */
  readonly needsEngine?: boolean;
  /** Every run of its nodes runs that engine: requests may be refused before they are read when it refuses all. */
  readonly alwaysInfers?: boolean;
  /** The string option of `config` that names the engine. */
  readonly engineOption?: string;
  /** The string option of `config` that names the version of the engine, or a label of one; empty leaves it open. */
  readonly versionOption?: string;
  /** The options of its nodes; without it, and without `createConfig`, they take none. */
  readonly config?: ConfigSchema;
  /** Reads the options itself, instead of `config`: what it throws is a fault of the node that conf reports. */
  createConfig?(node: NodeConf): unknown;
  /** `pool` for an Op that computes for long: its instances live in worker threads. Default: the event loop. */
  readonly runsOn?: OpPlace;
  /** URL of the module that exports the class, `import.meta.url`; an Op that runs on the pool must say it. */
  readonly module?: string;
}

/** Where an Op's code runs. */
export const OpPlace = { loop: "loop", pool: "pool" } as const;
export type OpPlace = (typeof OpPlace)[keyof typeof OpPlace];

/** What the dependencies of an Op give it: a GeneralBlob unless its class says otherwise. */
type StatedInput<Input> = unknown extends Input ? GeneralBlob : Input;

/** Of an object, whose members may only be read; a number or a text is itself. */
type ReadOnly<T> = T extends object ? Readonly<T> : T;

/** The type of what Ops of a class give. */
export type OutputOf<C extends OpClass> =
  InstanceType<C> extends OpWithChannel<infer Output> ? Output : unknown;

/** The type of what Ops of a class expect from their dependencies; a GeneralBlob when it says nothing. */
export type InputOf<C extends OpClass> =
  InstanceType<C> extends { readonly inputType?: infer Input }
    ? StatedInput<Exclude<Input, undefined>>
    : never;

type BoundDependency = { readonly channel: Channel; readonly mode: DependencyMode };

/**
 * The unit of user logic. Subclass it, or better `OpWithChannel`, and implement `inference`; it runs once per request,
 * or per item and attempt when its node declares `map_over` or `retries`. Instances are pooled: a field that must not
 * outlive a run is reset in `customInit`. An Op runs on the event loop and must not block it, unless its class declares
 * `runsOn: "pool"`.
 */
export abstract class Op<Config = unknown, Input = unknown> {
  /** For the type checker: see `InputOf`. */
  declare readonly inputType?: Input;

  #binding: OpBinding | undefined;
  #channel: Channel | undefined;
  #request: Channel | undefined;
  #engineName: string | undefined;
  #engineVersion: string | undefined;
  #call: Call | undefined;
  #span: CallSpan | undefined;
  #failure: ServeError | undefined;
  readonly #dependencies = new Map<string, BoundDependency>();
  #preNames: readonly string[] = [];

  /**
   * The Op's work, sync or async. What it throws fails the request, with the node's name in the error's details. Work
   * that goes on after this has ended must not write `output`: the instance may serve another request by then.
   */
  abstract inference(): OpResult | Promise<OpResult>;

  /** Makes the Op's own metrics, by `this.environment.metrics`. Runs once per instance, as the server starts. */
  registMetric(): void {}

  /** Runs before `inference`, for each request. Must not be asynchronous: an Op that waits does so in `inference`. */
  customInit(): void {}

  /**
   * Runs after the request, whatever its outcome; nobody waits for it. What it throws is logged. Of a node with
   * `map_over`, `retries` or `timeout_ms` it runs after each item, and after each attempt that came to nothing.
   */
  customDeinit(): void {}

  /** The request message; in a node that maps over `startup_op`, the item of it. */
  requestMessage<T>(): T {
    return this.#bound(this.#request).data as T;
  }

  /**
   * The output of a declared dependency, to read; in a node with `map_over`, the item in place of what the map runs over.
   * @throws ServeError internal when it is not declared or absent.
   */
  dependArgument<T = StatedInput<Input>>(name: string): ReadOnly<T> {
    return this.#present(this.#dependency(name).channel) as ReadOnly<T>;
  }

  /** The output of a dependency declared `RW`, to change. @throws ServeError internal when it was not declared so. */
  mutableDependArgument<T = StatedInput<Input>>(name: string): T {
    const { channel, mode } = this.#dependency(name);
    if (name === startupOp) {
      const message = `op "${this.name}" may only read the request: it is shared by all nodes`;
      throw new ServeError(Code.internal, message);
    }
    if (mode !== DependencyMode.readWrite) {
      throw new ServeError(
        Code.internal,
        `op "${this.name}" may only read the output of "${name}": declare the dependency with mode "RW" to change it`,
      );
    }
    return this.#present(channel) as T;
  }

  /** False when the dependency gave no output in this request. */
  hasDependArgument(name: string): boolean {
    return !this.#dependency(name).channel.isAbsent;
  }

  /** Runs the engine of this node's name, or another, on `inputs` for the current call. */
  infer(inputs: TensorMap, engine: string = this.engineName): Promise<TensorMap> {
    const { call, engineVersion: version } = this;
    return this.environment.inferManager.infer(engine, inputs, { call, version, span: this.#span });
  }

  /**
   * What `infer` would run if it were called now. Ask again after waiting: the model may have been replaced.
   * @throws ServeError as `infer`.
   */
  engine(name: string = this.engineName): InferEngineInfo {
    return this.environment.inferManager.engine(name, { call: this.call, version: this.engineVersion });
  }

  get name(): string {
    return this.node.name;
  }

  get id(): number {
    return this.node.id;
  }

  get type(): string {
    return this.node.type;
  }

  /** `{workflow}_{stage}_{node}`, as in Paddle Serving's metrics. */
  get fullName(): string {
    return `${this.#bound(this.#binding).workflow}_${this.node.stage}_${this.name}`;
  }

  /** Names of the dependencies, in conf order. */
  get preNames(): readonly string[] {
    return this.#preNames;
  }

  get address(): readonly string[] {
    return this.node.conf.address;
  }

  /** Name of the engine that `infer` runs: the node's own, or what the class's `engineOption` says. */
  get engineName(): string {
    return this.#bound(this.#engineName);
  }

  /** The version or label that the node wants of its engine, by the class's `versionOption`. */
  get engineVersion(): string | undefined {
    return this.#engineVersion;
  }

  /** The node's options as the class's static `config` declares them, or what its `createConfig` made of them. */
  get config(): Config {
    return this.#bound(this.#binding).config as Config;
  }

  get node(): DagNode {
    return this.#bound(this.#binding).node;
  }

  get environment(): OpEnvironment {
    return this.#bound(this.#binding).environment;
  }

  /**
   * The request this Op works for now, as a call that also stops when another node fails the workflow, and when the
   * `timeout_ms` of the node is over.
   */
  get call(): Call {
    return this.#bound(this.#call);
  }

  /** Of the call's trace, when it is traced: what this Op asks of other servers belongs to it. */
  get span(): CallSpan | undefined {
    return this.#span;
  }

  /** Why this Op runs, when its node is the fallback of another: how that one failed. Undefined for other nodes. */
  get failure(): ServeError | undefined {
    return this.#failure;
  }

  /** This Op's own output slot. */
  get channel(): Channel {
    return this.#bound(this.#channel);
  }

  /** Binds the instance to its place; called once by the DagView that owns it. */
  bind(binding: OpBinding): void {
    const { bus, node } = binding;
    this.#binding = binding;
    this.#channel = bus.channel(node.name);
    this.#request = bus.channel(startupOp);
    this.#preNames = node.dependencies.map(({ name }) => name);
    this.#dependencies.set(startupOp, { channel: this.#request, mode: DependencyMode.readOnly });
    for (const { name, mode } of node.dependencies) {
      this.#dependencies.set(name, { channel: bus.channel(name), mode });
    }
    const { engineOption, versionOption } = this.constructor as OpClass;
    this.#engineName = this.#option(engineOption) ?? node.name;
    this.#engineVersion = this.#option(versionOption);
    this.registMetric();
  }

  /** Runs the Op once; called by the DagView. */
  process(call: Call, span?: CallSpan, failure?: ServeError): OpResult | Promise<OpResult> {
    this.#call = call;
    this.#span = span;
    this.#failure = failure;
    const init: unknown = this.customInit();
    if (init instanceof Promise) this.#refuseInit(init);
    return this.inference();
  }

  /** The request is over; called by the DagView, also for Ops that did not run. */
  release(): void {
    if (!this.#call) return;
    this.#call = undefined;
    this.#span = undefined;
    this.#failure = undefined;
    try {
      const deinit: unknown = this.customDeinit();
      if (deinit instanceof Promise) deinit.catch((error) => this.#deinitFailed(error));
    } catch (error) {
      this.#deinitFailed(error);
    }
  }

  /** What conf gives for an option that the class names; undefined when it names none. */
  #option(name: string | undefined): string | undefined {
    return name === undefined ? undefined : (this.config as Readonly<Record<string, string>>)[name];
  }

  #deinitFailed(error: unknown): void {
    this.environment.logger.error({ op: this.fullName, err: error }, "customDeinit failed");
  }

  /** Types let an async method pass for one that returns nothing; `inference` would run before it has ended. */
  #refuseInit(init: Promise<unknown>): never {
    init.catch(() => {}); // The refusal is what the caller hears.
    const message = `customInit of op "${this.name}" (${this.type}) must not be asynchronous: do the work in inference`;
    throw new ServeError(Code.opFailure, message);
  }

  #dependency(name: string): BoundDependency {
    const dependency = this.#dependencies.get(name);
    if (dependency) return dependency;
    const message = `op "${this.name}" has not declared a dependency on "${name}": add it to those of the node`;
    throw new ServeError(Code.internal, message);
  }

  #present(channel: Channel): unknown {
    if (!channel.isAbsent) return channel.data;
    throw new ServeError(
      Code.internal,
      `op "${this.name}" reads the output of "${channel.name}", which gave none for this request: ask hasDependArgument("${channel.name}") first`,
    );
  }

  #bound<T>(value: T | undefined): T {
    if (value === undefined) throw new ServeError(Code.internal, "the Op is not part of a running workflow");
    return value;
  }
}

/**
 * An Op whose output is a `T`: write it to `this.output`. `Config` is what `this.config` gives, `Input` what
 * `dependArgument` gives when the call does not say: a GeneralBlob when the class does not either.
 */
export abstract class OpWithChannel<T, Config = unknown, Input = unknown> extends Op<Config, Input> {
  get output(): T {
    return this.channel.data as T;
  }

  set output(value: T) {
    this.channel.data = value;
  }
}
