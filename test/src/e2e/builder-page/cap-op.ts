// #region op
import { type ConfigSchema, defineConfig, type GeneralBlob, OpWithChannel } from "@paddlewheel/core";

/** Lowers prices above a limit. */
export class CapOp extends OpWithChannel<GeneralBlob, { limit: number }, GeneralBlob> {
  static readonly type: string = "CapOp";
  static readonly module: string = import.meta.url;
  static readonly config: ConfigSchema<{ limit: { double: number } }> = defineConfig({
    limit: { double: 50 },
  });

  inference(): void {
    const [model = ""] = this.preNames;
    const blob = this.mutableDependArgument(model);
    const price = blob.tensor("fc_0.tmp_1");
    const data = Float32Array.from(price.data as Float32Array, (value) => Math.min(value, this.config.limit));
    blob.tensors.set("fc_0.tmp_1", { ...price, data });
    this.output = blob;
  }
}
// #endregion
