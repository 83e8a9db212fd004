/** How urgent a call is beside others that wait for the same model; see docs/batching.md for what a step is worth. */
export const Priority = { low: "low", normal: "normal", high: "high" } as const;
export type Priority = (typeof Priority)[keyof typeof Priority];

/** The priority of a name; normal for any other text, as a header must not fail a call. */
export function parsePriority(text: string | undefined): Priority {
  return Object.values(Priority).find((priority) => priority === text) ?? Priority.normal;
}
