export interface LabelFacts {
  /** Label → version, as conf, file and operators have it. */
  readonly wanted: Readonly<Record<string, string>>;
  /** Where labels point now. */
  readonly current: ReadonlyMap<string, string>;
  readonly ready: ReadonlySet<string>;
}

/**
 * Where labels point next: a label moves only to a version that is ready, and stays where it is until then.
 * Source: TensorFlow Serving, which refuses labels of versions that are not available.
 */
export function resolveLabels({ wanted, current, ready }: LabelFacts): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  for (const [label, version] of Object.entries(wanted)) {
    const before = current.get(label);
    if (ready.has(version)) labels.set(label, version);
    else if (before !== undefined && ready.has(before)) labels.set(label, before);
  }
  return labels;
}
