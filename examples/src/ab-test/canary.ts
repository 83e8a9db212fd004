// Tries a new model with a few calls: node examples/dist/ab-test/canary.js BOW_HOST:PORT CNN_HOST:PORT
import { PredictorApi } from "@paddlewheel/client";
import { drawNumbers } from "./draw-numbers.js";
import { wordsOf } from "./words-of.js";

const callCount = 2000;
const [bow = "", cnn = ""] = process.argv.slice(2);

const api = new PredictorApi({ random: drawNumbers() });
await api.createFrom({
  predictors: [
    {
      name: "sentiment",
      variants: [
        { tag: "bow", naming_conf: { cluster: bow } },
        { tag: "cnn", naming_conf: { cluster: cnn } },
      ],
      canary: { variant: "cnn", percent: 5, window_ms: 60_000, min_calls: 50, max_error_percent: 2 },
    },
  ],
});

const words = wordsOf("Never boring, not bad");
let answers = 0;
for (let call = 0; call < callCount; call++) {
  const predictor = api.fetchPredictor("sentiment");
  await predictor.inference({ tensors: [words], fetchVarNames: ["prob"] });
  answers++;
}
const { variant, percent, canary } = api.canaryState("sentiment");
api.destroy();

console.log(
  `${variant} failed ${canary.failures} of ${canary.calls} calls, and gets ${percent} % of them now`,
);
console.log(`callers have ${answers} of ${callCount} answers`);
