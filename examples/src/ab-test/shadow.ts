// Compares a new model with the old one, call by call: node examples/dist/ab-test/shadow.js BOW_HOST:PORT CNN_HOST:PORT
import { setTimeout } from "node:timers/promises";
import { type GeneralRequest, type GeneralResponse, PredictorApi } from "@paddlewheel/client";
import { wordsOf } from "./words-of.js";

const [bow = "", cnn = ""] = process.argv.slice(2);
const texts = ["A good film", "Boring", "Not bad", "Never boring, not bad"];

const api = new PredictorApi();
await api.createFrom({
  predictors: [
    {
      name: "sentiment",
      variants: [
        { tag: "bow", naming_conf: { cluster: bow } },
        { tag: "cnn", naming_conf: { cluster: cnn } },
      ],
      shadow: { variant: "cnn", percent: 100, tolerance: 0.2, max_examples: 10 },
    },
  ],
});

for (const text of texts) {
  const predictor = api.fetchPredictor("sentiment");
  const response = await predictor.inference({ tensors: [wordsOf(text)], fetchVarNames: ["prob"] });
  console.log(`${text}: good with ${goodOf(response)}, says ${predictor.variant}`);
}

// A service that runs on need not wait.
while (api.shadowReport("sentiment").inFlight > 0) await setTimeout(10);
const { variant, compared, different, maxAbsolute, examples } = api.shadowReport("sentiment");
api.destroy();

console.log(`${variant} answers ${different} of ${compared} otherwise, by up to ${maxAbsolute.toFixed(3)}`);
const lines = examples.map(({ requests, answer, shadowAnswer }) => {
  const ids = requests.map((request) => (request as GeneralRequest).tensors[0]?.data.join(" "));
  return `words ${ids}: good with ${goodOf(answer)}, and with ${goodOf(shadowAnswer)} for ${variant}`;
});
console.log(lines.sort().join("\n"));

function goodOf(response: object): string {
  const { outputs } = response as GeneralResponse;
  return Number(outputs[0]?.tensors[0]?.data[1]).toFixed(3);
}
