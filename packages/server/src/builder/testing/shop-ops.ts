import { type ConfigSchema, defineConfig, type GeneralBlob, OpWithChannel } from "@paddlewheel/core";

/** A module of Ops for tests, with outputs and inputs of several types. */

export interface Ranking {
  readonly best: readonly number[];
}

type TopKConfig = ConfigSchema<{
  readonly k: { readonly int32: number };
  readonly label: { readonly string: string };
  readonly scale: { readonly double: number };
  readonly exact: { readonly bool: boolean };
}>;

/** GeneralBlob → Ranking */
export class TopKOp extends OpWithChannel<Ranking> {
  static readonly type: string = "TopKOp";
  static readonly module: string = import.meta.url;
  static readonly config: TopKConfig = defineConfig({
    k: { int32: 5 },
    label: { string: "" },
    scale: { double: 1 },
    exact: { bool: false },
  });

  inference(): void {
    this.output = { best: [1] };
  }
}

/** Ranking → string */
export class DescribeOp extends OpWithChannel<string, unknown, Ranking> {
  static readonly module: string = import.meta.url;

  inference(): void {
    this.output = "best: 1";
  }
}

/** number → GeneralBlob */
export class LookUpOp extends OpWithChannel<GeneralBlob, unknown, number> {
  inference(): void {}
}

/** Ranking or GeneralBlob → Ranking; it says of no module. */
export class MergeOp extends OpWithChannel<Ranking, unknown, Ranking | GeneralBlob> {
  inference(): void {
    this.output = { best: [] };
  }
}

/** number → string */
export class FormatOp extends OpWithChannel<string, unknown, number> {
  inference(): void {
    this.output = "1";
  }
}

/** list of texts → string */
export class JoinOp extends OpWithChannel<string, unknown, readonly string[]> {
  inference(): void {
    this.output = "";
  }
}
