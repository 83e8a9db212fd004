type Shape = readonly (number | string)[];

/** Stands as the only axis in the signature of a variable whose rank the model leaves open. */
export const anyAxes = "...";

/** Whether the model takes or gives any number of axes here. */
export function isUnranked(shape: Shape): boolean {
  return shape.length === 1 && shape[0] === anyAxes;
}

/**
 * Whether the name of a free axis is what an exporter writes for "no name". Such axes have nothing to do with each
 * other, while axes of one real name are equal in every run.
 */
export function isPlaceholder(axisName: string): boolean {
  return placeholders.has(axisName);
}

const placeholders: ReadonlySet<string> = new Set(["", "?", "-1", "None", "unknown"]);
