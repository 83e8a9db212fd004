import type { ServerOptions } from "@paddlewheel/server";
import type { FlagValues } from "../flags/flag-values.js";

/** Where models are prepared, unless `--nomodel_cache` says nowhere. */
export function modelCacheOf(values: FlagValues): Pick<ServerOptions, "modelCache"> {
  const isOn = values.has("model_cache") ? values.bool("model_cache") : true;
  if (!isOn) return {};
  return { modelCache: { dir: values.text("model_cache_dir"), maxBytes: values.int("model_cache_size") } };
}
