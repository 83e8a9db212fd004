// Calls two models by their weights: node examples/dist/ab-test/ab-test.js BOW_HOST:PORT CNN_HOST:PORT
import { type GeneralTensor, PredictorApi } from "@paddlewheel/client";
import { wordIds } from "../sentiment/vocabulary.js";
import { drawNumbers } from "./draw-numbers.js";

const callCount = 1000;
const [bow = "", cnn = ""] = process.argv.slice(2);

const api = new PredictorApi({ random: drawNumbers() });
await api.createFrom({
  default_variant_conf: {
    tag: "default",
    connection_conf: { rpc_timeout_ms: 5000 },
  },
  predictors: [
    {
      name: "sentiment",
      weighted_random_render_conf: { variant_weight_list: "10|90" },
      variants: [
        { tag: "cnn", naming_conf: { cluster: cnn } },
        { tag: "bow", naming_conf: { cluster: bow } },
      ],
    },
  ],
});

const ids = wordIds("Never boring, not bad");
const words: GeneralTensor = {
  name: "words",
  aliasName: "words",
  dtype: "int64",
  shape: [1, ids.length],
  data: BigInt64Array.from(ids, BigInt),
};

const answers = new Map<string, { count: number; good: number }>();
for (let call = 0; call < callCount; call++) {
  const predictor = api.fetchPredictor("sentiment");
  const { outputs } = await predictor.inference({ tensors: [words], fetchVarNames: ["prob"] });
  const good = Number(outputs[0]?.tensors[0]?.data[1]);
  const { count = 0 } = answers.get(predictor.variant ?? "") ?? {};
  answers.set(predictor.variant ?? "", { count: count + 1, good });
}
api.destroy();

for (const [variant, { count, good }] of [...answers].sort(([a], [b]) => a.localeCompare(b))) {
  console.log(`${variant}: ${count} of ${callCount} calls, good with ${good.toFixed(3)}`);
}
