/** Requests of one connection. */
export interface RequestCounts {
  /** So far. */
  readonly total: number;
  /** Not answered in full. */
  readonly open: number;
}
