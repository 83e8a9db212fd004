import { isReserved } from "./tokens.js";

/** A field of an output, `dependency.field[0]`; as a condition has it. */
export interface OutputPath {
  /** The path as messages show it. */
  readonly text: string;
  /** The node whose output it begins at, or `startup_op`. */
  readonly dependency: string;
  readonly steps: readonly PathStep[];
}

/** An index, or a field. */
export type PathStep = number | FieldName;

export interface FieldName {
  readonly name: string;
  /** What generated message classes call it. */
  readonly camelName: string;
}

export function createFieldPath(dependency: string, steps: readonly PathStep[]): OutputPath {
  const written = steps.map((step) => (typeof step === "number" ? `[${step}]` : `.${quoteName(step.name)}`));
  return { text: quoteName(dependency) + written.join(""), dependency, steps };
}

/** Source: the rule of protobuf's JSON mapping for names. */
export function createFieldName(name: string): FieldName {
  return { name, camelName: name.replace(/_([A-Za-z0-9])/g, (_, next: string) => next.toUpperCase()) };
}

const identifier = /^[A-Za-z_][A-Za-z0-9_-]*$/;

function quoteName(name: string): string {
  if (identifier.test(name) && !isReserved(name)) return name;
  return name.includes('"') ? `'${name}'` : `"${name}"`;
}
