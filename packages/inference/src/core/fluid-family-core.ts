import type { ModelSignature, TensorMap } from "@paddlewheel/core";

/**
 * One loaded copy of one model on one thread: the seam between engines and whatever computes.
 *
 * What `create` and `run` throw is shown to people: `message` goes on one line behind the engine's name, the raw
 * error of the runtime belongs into `cause`.
 * Source: Paddle Serving `FluidFamilyCore`.
 */
export interface FluidFamilyCore {
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

/** What the module of a core exports. Every thread that runs a core imports the module by itself. */
export interface CoreModule {
  createCore(): FluidFamilyCore;
}

/** A model folder after inspection. */
export interface ModelFiles {
  /** What `FluidFamilyCore.create` loads; absolute. */
  readonly dataPath: string;
  /** Size of everything `create` will read. */
  readonly bytes: number;
}

/** One kind of core: how its models lie on disk and which module runs them. */
export interface CoreFactory {
  /** URL of a `CoreModule`. */
  readonly module: string;

  /**
   * Looks into a model folder without loading the model.
   * @throws Error that says what is wrong with the folder and what is expected in it.
   */
  findModel(modelDir: string): Promise<ModelFiles>;
}

/** Engine `type` of conf → core. */
export type CoreRegistry = ReadonlyMap<string, CoreFactory>;
