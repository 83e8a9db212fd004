import { linearModel } from "@paddlewheel/onnx";

/** Weights of Paddle Serving's uci_housing model: the price of a house from 13 features of its district, all scaled. */
const weights = [
  -1.2234570980072021, 2.674426317214966, -2.9778127670288086, 4.224726676940918, -1.8155596256256104,
  8.564677238464355, -1.2634787559509277, -3.5473315715789795, -0.48484063148498535, -2.262299060821533,
  -6.693300724029541, 2.0948195457458496, -10.552702903747559,
];
const bias = 22.738298416137695;

/** Names and shapes of the model, for servers and clients alike. Shapes leave the batch axis out. */
const modelConf = `feed_var {
  name: "x"
  alias_name: "x"
  is_lod_tensor: false
  feed_type: 1
  shape: 13
}
fetch_var {
  name: "fc_0.tmp_1"
  alias_name: "price"
  is_lod_tensor: false
  fetch_type: 1
  shape: 1
}
`;

/** The same as a binary GeneralModelConfig message, which is what `.stream` files hold in spite of their suffix. */
const modelConfStream = [
  // feed_var { name alias_name is_lod_tensor feed_type shape }
  "0a0c 0a01 78 1201 78 1800 2001 280d",
  // fetch_var
  "1219 0a0a 66635f302e746d705f31 1205 7072696365 1800 2001 2801",
];

/** Every file of the example that is made, by its path under examples/fit_a_line. */
export function uciHousingFiles(): ReadonlyMap<string, Uint8Array> {
  const text = Buffer.from(modelConf);
  const stream = Buffer.from(modelConfStream.join("").replaceAll(" ", ""), "hex");
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
