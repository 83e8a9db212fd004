import type { OpClass } from "@paddlewheel/core";
import { GeneralCopyOp } from "../general/general-copy-op.js";
import { GeneralInferOp } from "../general/general-infer-op.js";
import { GeneralReaderOp } from "../general/general-reader-op.js";
import { GeneralResponseOp } from "../general/general-response-op.js";
import { GeneralSelectOp } from "../general/general-select-op.js";
import { GeneralTextReaderOp } from "../general/general-text-reader-op.js";
import { GeneralTextResponseOp } from "../general/general-text-response-op.js";

/** The Ops that come with the framework, by the names of Paddle Serving's Python API: today's, and those of its documents. */
export const builtInOps: BuiltInOps = {
  GeneralReaderOp,
  GeneralInferOp,
  GeneralResponseOp,
  GeneralCopyOp,
  GeneralSelectOp,
  GeneralTextReaderOp,
  GeneralTextResponseOp,
  general_reader: GeneralReaderOp,
  general_infer: GeneralInferOp,
  general_response: GeneralResponseOp,
  general_copy: GeneralCopyOp,
  general_select: GeneralSelectOp,
  general_text_reader: GeneralTextReaderOp,
  general_text_response: GeneralTextResponseOp,
};

export interface BuiltInOps {
  readonly GeneralReaderOp: typeof GeneralReaderOp;
  readonly GeneralInferOp: typeof GeneralInferOp;
  readonly GeneralResponseOp: typeof GeneralResponseOp;
  readonly GeneralCopyOp: typeof GeneralCopyOp;
  readonly GeneralSelectOp: typeof GeneralSelectOp;
  readonly GeneralTextReaderOp: typeof GeneralTextReaderOp;
  readonly GeneralTextResponseOp: typeof GeneralTextResponseOp;
  readonly general_reader: typeof GeneralReaderOp;
  readonly general_infer: typeof GeneralInferOp;
  readonly general_response: typeof GeneralResponseOp;
  readonly general_copy: typeof GeneralCopyOp;
  readonly general_select: typeof GeneralSelectOp;
  readonly general_text_reader: typeof GeneralTextReaderOp;
  readonly general_text_response: typeof GeneralTextResponseOp;
}

export type BuiltInOpName = keyof BuiltInOps;

/** What `create` takes: a class, or the name of a built-in one. */
export type OpReference = OpClass | BuiltInOpName;

/** The class that is meant. */
export type OpClassOf<R extends OpReference> = R extends BuiltInOpName
  ? BuiltInOps[R]
  : R extends OpClass
    ? R
    : never;

/** Whether everybody who reads conf has this class without a module. */
export function isBuiltIn(opClass: OpClass): boolean {
  return Object.values(builtInOps).includes(opClass);
}
