/** What a worker process has open from its parent, besides its output: nothing else is handed down. */
export const workerFds = {
  /** Requests and answers. */
  channel: 3,
  /** Says nothing; its end says that the parent is gone. */
  lifeline: 4,
} as const;
