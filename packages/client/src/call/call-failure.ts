import { codeName, type ErrorDetails, type ServeError } from "@paddlewheel/core";

/** An attempt that failed, for the details of the call's error. */
export interface FailedAttempt {
  readonly host: string;
  readonly error: ServeError;
}

/** What the errors of an engine's calls say beside. */
export interface CallNames {
  readonly endpoint: string | undefined;
  readonly variant: string | undefined;
}

/** The error as the caller gets it: with the names of who was called, and of all attempts what each said. */
export function describeFailure(
  error: ServeError,
  names: CallNames,
  failures: readonly FailedAttempt[],
): ServeError {
  const { endpoint, variant } = names;
  const last = failures.at(-1);
  const details: ErrorDetails = {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(variant === undefined ? {} : { variant }),
    ...(last ? { host: last.host, attempts: failures.map(lineOf).join("; ") } : {}),
  };
  return error.withDetails(details);
}

function lineOf({ host, error }: FailedAttempt): string {
  return `${host} ${codeName(error.code) ?? error.code}: ${error.message}`;
}
