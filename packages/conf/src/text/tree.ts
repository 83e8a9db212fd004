/** A field of a conf text as it was written, before any schema looked at it. */
export interface TreeField {
  readonly name: string;
  /** Of the name; 1-based, as all lines. */
  readonly line: number;
  readonly value: TreeValue;
}

export type Notation = "prototxt" | "yaml";

export type TreeValue = TreeMessage | TreeList | TreeScalar;

/** `{ … }` of prototxt, a mapping of YAML. */
export interface TreeMessage {
  readonly kind: "message";
  readonly notation: Notation;
  readonly line: number;
  readonly fields: readonly TreeField[];
  /** False when a syntax fault hides some of the fields: what is absent then proves nothing. */
  readonly isWhole: boolean;
}

/** `[ … ]`, a sequence. */
export interface TreeList {
  readonly kind: "list";
  readonly line: number;
  /** Of prototxt without a colon in front, as only lists of messages may be. */
  readonly isBare: boolean;
  readonly items: readonly TreeValue[];
}

export type TreeScalar = PrototxtScalar | YamlScalar;

export interface PrototxtScalar {
  readonly kind: "scalar";
  readonly notation: "prototxt";
  readonly line: number;
  /** As written: one word or number, or one or more adjacent strings with their quotes. */
  readonly source: string;
}

export interface YamlScalar {
  readonly kind: "scalar";
  readonly notation: "yaml";
  readonly line: number;
  /** Decoded when it was quoted, else as written. */
  readonly source: string;
  /** What YAML 1.2's core schema makes of it. */
  readonly value: string | number | boolean | null;
}

/** Something no schema is needed for to see that it is wrong. */
export interface SyntaxFault {
  readonly line: number;
  readonly message: string;
}

export interface ParsedText {
  readonly tree: TreeMessage;
  readonly faults: readonly SyntaxFault[];
}
