import type { ModelConf, ModelSignature, SessionConf, TensorMap } from "@paddlewheel/core";
import type { MakeScratchFolder } from "../cache/scratch-folder.js";

/**
 * One loaded copy of one model on one thread: the seam between engines and whatever computes.
 *
 * What `create` and `run` throw is shown to people: `message` goes on one line behind the engine's name, the raw
 * error of the runtime belongs into `cause`.
 * Source: Paddle Serving `FluidFamilyCore`.
 */
export interface FluidFamilyCore {
  /** What the operator should know of the load, on one line; after `create`. */
  readonly warning?: string | undefined;

  /** Loads the model at `dataPath`. Called once, before anything else. */
  create(dataPath: string): Promise<ModelSignature>;

  /**
   * Runs the model once on inputs that fit the signature; gives the outputs in the model's order. Inputs are only
   * read. Runs may be asked for while others are under way.
   */
  run(inputs: TensorMap): Promise<TensorMap>;

  /** Another loaded copy of the same model for the same thread. */
  clone(): Promise<FluidFamilyCore>;

  /** Gives the memory back; nothing may be under way. Calling it again does nothing. */
  release(): Promise<void>;
}

/** How a core opens its model. */
export interface CoreOptions {
  /** Default `defaultSessionConf`. */
  readonly session?: SessionConf | undefined;
  /** Folder with the prepared form of the model. A core that cannot open it opens the original and warns. */
  readonly preparedDir?: string | undefined;
  /** Key of a model that is encrypted, 32 bytes; whoever gives it wipes it after `create`. */
  readonly key?: Uint8Array | undefined;
  /** Number of this copy among those of its engine, from 0; the devices of the session are taken in turn. Default 0. */
  readonly copy?: number;
}

/** What the module of a core exports. Every thread that runs a core imports the module by itself. */
export interface CoreModule {
  createCore(options?: CoreOptions): FluidFamilyCore;

  /**
   * Writes a form of a model that opens faster and whose copies share their memory. It must compute what the model
   * does, bit for bit; what cannot be shown to is not ready.
   */
  prepare?(request: PrepareRequest): Promise<Preparation>;
}

export interface PrepareRequest {
  readonly dataPath: string;
  /** Empty, and there. */
  readonly preparedDir: string;
  readonly session: SessionConf;
  /** Conf of the model, for the sizes of made-up inputs. */
  readonly model: ModelConf | undefined;
}

export type Preparation = { readonly isReady: true } | { readonly isReady: false; readonly reason: string };

/** A model folder after inspection. */
export interface ModelFiles {
  /** What `FluidFamilyCore.create` loads; absolute. */
  readonly dataPath: string;
  /** Size of everything `create` will read. */
  readonly bytes: number;
  /** Everything `create` will read, `dataPath` first; left out where the model must not be prepared. */
  readonly files?: readonly string[];
  /** Gives back what was made to load it; to be called once no copy is open. */
  release?(): Promise<void>;
}

/** How a model is looked for. */
export interface FindOptions {
  /** Whether the model must be an encrypted one; else it must not be. */
  readonly isEncrypted: boolean;
  /** Where a model that lies in parts is put together. */
  readonly makeScratch: MakeScratchFolder;
}

/** One kind of core: how its models lie on disk and which module runs them. */
export interface CoreFactory {
  /** URL of a `CoreModule`. */
  readonly module: string;

  /**
   * Looks into a model folder without loading the model, and puts it together where it lies in parts.
   * @throws Error that says what is wrong with the folder and what is expected in it.
   */
  findModel(modelDir: string, options: FindOptions): Promise<ModelFiles>;

  /**
   * What the prepared form of a model depends on beside the model: host, runtime, session. Undefined where such sessions
   * open the original. Left out by cores that prepare nothing.
   */
  preparedTraits?(session: SessionConf): Promise<readonly string[] | undefined>;
}

/** Engine `type` of conf → core. */
export type CoreRegistry = ReadonlyMap<string, CoreFactory>;
