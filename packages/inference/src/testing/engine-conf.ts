import { defaultEngineConf, type EngineConf } from "@paddlewheel/core";

/** Conf of an ONNX engine, with the defaults of a conf file. */
export function engineConf(conf: Partial<EngineConf> & Pick<EngineConf, "modelDir">): EngineConf {
  return { ...defaultEngineConf, name: "e", type: "ONNX", ...conf };
}
