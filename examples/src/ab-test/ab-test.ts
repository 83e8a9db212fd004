// Calls two models by their weights: node examples/dist/ab-test/ab-test.js BOW_HOST:PORT CNN_HOST:PORT
import { PredictorApi } from "@paddlewheel/client";
import { drawNumbers } from "./draw-numbers.js";
import { wordsOf } from "./words-of.js";

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

const words = wordsOf("Never boring, not bad");
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
