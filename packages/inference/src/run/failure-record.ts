/** Why a model failed, in a form that crosses threads. */
export interface FailureRecord {
  /** For the caller. */
  readonly message: string;
  /** What the runtime said, for logs. */
  readonly cause: string;
}

export function failureRecord(thrown: unknown): FailureRecord {
  if (!(thrown instanceof Error)) return { message: String(thrown), cause: "" };
  return { message: thrown.message, cause: thrown.cause instanceof Error ? thrown.cause.message : "" };
}
