/** What one contender did in one round. */
export interface MeasuredWindow {
  readonly seconds: number;
  /** Right answers that came in within the window. */
  readonly answered: number;
  /** User and system time of the contender's whole process tree within the window. */
  readonly cpuMicros: number;
  readonly p50Micros: number;
  readonly p99Micros: number;
  /** Since the contender's start, not of this window. */
  readonly peakRssBytes: number;
  /** Share of one core the loader used; near 1 the loader, not the contender, is the limit of requests/s. */
  readonly loaderBusy: number;
  /** Wrong or missing answers, in and around the window. */
  readonly errors: number;
  /** The first few different ones, in words. */
  readonly errorSamples: readonly string[];
}

export function requestsPerSecond(window: MeasuredWindow): number {
  return window.answered / window.seconds;
}

export function cpuMicrosPerRequest(window: MeasuredWindow): number {
  return window.cpuMicros / window.answered;
}
