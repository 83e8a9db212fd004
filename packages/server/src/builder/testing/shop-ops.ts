import { type ConfigSchema, defineConfig, type GeneralBlob, OpWithChannel } from "@paddlewheel/core";

/** A module of Ops for tests, with outputs and inputs of several types. */

export interface Ranking {
  readonly best: readonly number[];
}

type ShopConfig = ConfigSchema<{
  readonly k: { readonly int32: number };
  readonly label: { readonly string: string };
  readonly scale: { readonly double: number };
  readonly exact: { readonly bool: boolean };
}>;

const shopConfig: ShopConfig = defineConfig({
  k: { int32: 5 },
  label: { string: "" },
  scale: { double: 1 },
  exact: { bool: false },
});

/** GeneralBlob → Ranking */
export class TopKOp extends OpWithChannel<Ranking> {
  static readonly type: string = "TopKOp";
  static readonly module: string = import.meta.url;
  static readonly config: ShopConfig = shopConfig;

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

/** Rankings and blobs → Ranking */
export class MergeOp extends OpWithChannel<Ranking, unknown, Ranking | Ranking[] | GeneralBlob> {
  static readonly module: string = import.meta.url;
  static readonly config: ShopConfig = shopConfig;

  inference(): void {
    this.output = { best: [] };
  }
}

/** number → string */
export class FormatOp extends OpWithChannel<string, unknown, number> {
  static readonly module: string = import.meta.url;

  inference(): void {
    this.output = "1";
  }
}

/** list of texts → string */
export class JoinOp extends OpWithChannel<string, unknown, readonly string[]> {
  static readonly module: string = import.meta.url;

  inference(): void {
    this.output = "";
  }
}

/** Runs the model of its node's name. */
export class OwnModelOp extends OpWithChannel<GeneralBlob> {
  static readonly needsEngine: boolean = true;
  static readonly module: string = import.meta.url;

  inference(): void {}
}
