/** A request that was refused because more come than can be answered. */
export interface RefusedArrival {
  /** What a run takes, in milliseconds. */
  readonly runMs: number;
  /** Copies of the model that run at the same time, on threads of their own. */
  readonly copies: number;
}

/** Told who comes to the engines of this process. */
export interface ArrivalWatch {
  /** Somebody was let in by an engine that is not overloaded. */
  admitted(): void;
  /** Somebody was refused by one that is, and whose copies have runs ahead: they go on without this thread for a while. */
  refused(arrival: RefusedArrival): void;
}
