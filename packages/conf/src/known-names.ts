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
}
