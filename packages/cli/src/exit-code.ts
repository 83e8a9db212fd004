/** How the command ends. */
export const ExitCode = {
  ok: 0,
  /** What was asked for failed: bad conf, a port that is taken, a model that does not load. */
  failed: 1,
  /** The command line itself is wrong. */
  usage: 2,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
