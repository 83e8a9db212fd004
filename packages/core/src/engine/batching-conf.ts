/** Whether requests merge to one run: where it pays as measured at load, wherever the model allows it, or never. */
export const BatchingMode = { auto: "auto", on: "on", off: "off" } as const;
export type BatchingMode = (typeof BatchingMode)[keyof typeof BatchingMode];

/** How an engine forms its batches and keeps its line, beyond what Paddle Serving's fields say of it. */
export interface BatchingConf {
  readonly mode: BatchingMode;
  /** Microseconds a request may wait for company while a copy of the model is free. */
  readonly maxQueueDelayMicros: number;
  /** Rows at which a batch starts without waiting, and to which a larger one is cut; rising. */
  readonly preferredBatchSizes: readonly number[];
  /** Whether requests of different inner shapes are filled up to one. */
  readonly enablePadding: boolean;
  readonly padValue: number;
  /** Milliseconds a run may have to wait before new ones are refused; 0 lets the line decide. */
  readonly maxQueueWaitMs: number;
}

/** Nothing waits for company, and nothing is padded: what waits anyway goes together. */
export const defaultBatchingConf: BatchingConf = {
  mode: BatchingMode.auto,
  maxQueueDelayMicros: 0,
  preferredBatchSizes: [],
  enablePadding: false,
  padValue: 0,
  maxQueueWaitMs: 0,
};
