import { renderModelConf } from "@paddlewheel/conf";
import type { ModelConf } from "@paddlewheel/core";
import { linearModel } from "@paddlewheel/onnx";

/** Weights of Paddle Serving's uci_housing model: the price of a house from 13 features of its district, all scaled. */
const weights = [
  -1.2234570980072021, 2.674426317214966, -2.9778127670288086, 4.224726676940918, -1.8155596256256104,
  8.564677238464355, -1.2634787559509277, -3.5473315715789795, -0.48484063148498535, -2.262299060821533,
  -6.693300724029541, 2.0948195457458496, -10.552702903747559,
];
const bias = 22.738298416137695;

/** Names and shapes of the model, for servers and clients alike. Shapes leave the batch axis out. */
const modelConf: ModelConf = {
  feedVars: [{ name: "x", aliasName: "x", dtype: "float32", shape: [13], isLodTensor: false }],
  fetchVars: [{ name: "fc_0.tmp_1", aliasName: "price", dtype: "float32", shape: [1], isLodTensor: false }],
};

/** Every file of the example that is made, by its path under examples/fit_a_line. */
export function uciHousingFiles(): ReadonlyMap<string, Uint8Array> {
  const { prototxt, stream } = renderModelConf(modelConf);
  const text = Buffer.from(prototxt);
  return new Map([
    ["uci_housing_model/model.onnx", linearModel({ weights, bias, feedName: "x", fetchName: "fc_0.tmp_1" })],
    ["uci_housing_model/serving_server_conf.prototxt", text],
    ["uci_housing_model/serving_server_conf.stream.prototxt", stream],
    ["uci_housing_client/serving_client_conf.prototxt", text],
    ["uci_housing_client/serving_client_conf.stream.prototxt", stream],
    // Last: its change tells a running server that the model is new.
    ["uci_housing_model/fluid_time_file", new Uint8Array(0)],
  ]);
}
