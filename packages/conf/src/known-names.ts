import type { ConfigSchema } from "@paddlewheel/core";

/** What the running program can resolve; conf that names anything else is at fault. */
export interface KnownNames {
  readonly opTypes: ReadonlyMap<string, KnownOpType>;
  readonly mergers: ReadonlySet<string>;
  /** Short service names, `GeneralModelService`. */
  readonly services: ReadonlySet<string>;
  readonly engineTypes: ReadonlySet<string>;
}

export interface KnownOpType {
  /** Whether a node of this type runs the engine of its own name. */
  readonly needsEngine: boolean;
  /** The options its nodes take; undefined when that is not known, and options are not checked. */
  readonly config?: ConfigSchema | undefined;
}
