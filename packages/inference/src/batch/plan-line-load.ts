/** What the last windows of time say of a line. */
export interface LineLoad {
  /** So much more comes than the model can do that the line is kept as short as the copies can be kept busy with. */
  readonly isOverloaded: boolean;
  /** What the line has come to since it was empty, in runs per copy; Infinity while that is not known. */
  readonly settledRuns: number;
}

/** What happened at a line in one window of time. */
export interface LineWindow {
  /** Requests that came, those refused among them. */
  readonly came: number;
  /** Of these, refused because too many waited or they would have waited too long. */
  readonly refused: number;
  /** The longest line that one of them found, in runs per copy. */
  readonly longestRuns: number;
}

export const lineLoads = {
  /**
   * Milliseconds of a window: a crowd of callers has asked within it, and who still comes then comes because more
   * comes than goes.
   */
  windowMs: 25,
  /** Runs of a window at least: in one of them a slow model has not answered anybody yet. */
  windowRuns: 2,
  /** A share of refusals from here on is overload: half as much again comes as the model can do. */
  overloadShare: 0.33,
  /** Below, overload is over. Half of the other, so that the line does not go to and fro between the two. */
  calmShare: 0.16,
  /** A window goes on until so many came, as a share of fewer means little, */
  minCame: 8,
  /** and under overload until so many: a few who by chance found room must not end it; */
  minCameOverloaded: 16,
  /** but not for more than so many times its length: whoever comes so rarely needs no line. */
  maxWindows: 8,
} as const;

/** A line that is or was just empty: whatever comes now is a burst. */
export const emptyLine: LineLoad = { isOverloaded: false, settledRuns: Number.POSITIVE_INFINITY };

/** How long the window lasts, in milliseconds, with runs of this length. */
export function windowMsFor(runMs: number): number {
  return Math.max(lineLoads.windowMs, lineLoads.windowRuns * runMs);
}

/**
 * What follows from a window. Callers who take turns make a line that stays as long as it was after their first
 * requests, however long it is: each comes again when it has its answer. Where requests come whatever becomes of them the
 * line grows until some are refused, and their share tells how much too many they are.
 */
export function planLineLoad(
  { isOverloaded, settledRuns }: LineLoad,
  { came, refused, longestRuns }: LineWindow,
): LineLoad {
  const { overloadShare, calmShare } = lineLoads;
  const isOver = refused >= (isOverloaded ? calmShare : overloadShare) * came;
  if (isOver) return { isOverloaded: true, settledRuns };
  return {
    isOverloaded: false,
    settledRuns: isOverloaded ? longestRuns : Math.min(settledRuns, longestRuns),
  };
}
