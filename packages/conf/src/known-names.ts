import type { OpOptions } from "@paddlewheel/core";

/** What the running program can resolve; conf that names anything else is at fault. */
export interface KnownNames {
  readonly opTypes: ReadonlyMap<string, KnownOpType>;
  readonly mergers: ReadonlySet<string>;
  /** Short service names, `GeneralModelService`. */
  readonly services: ReadonlySet<string>;
  readonly engineTypes: ReadonlySet<string>;
  /** A module that may bring more Ops, mergers and services could not be imported: none is called unknown then. */
  readonly isPartial?: boolean;
}

/** An Op type, with the options its nodes take; when it does not tell them, options are not checked. */
export interface KnownOpType extends OpOptions {
  /** Whether a node of this type runs an engine. */
  readonly needsEngine: boolean;
  /** The option that names the engine; without one it is the engine of the node's name. */
  readonly engineOption?: string | undefined;
}
