// Asks a server whether a text is bad or good, and prints what ran for it: node examples/dist/sentiment/ask.js URL TEXT
import { renderTimeline } from "../timeline/render-timeline.js";
import { tracedCall } from "../timeline/traced-call.js";
import { wordIds } from "./vocabulary.js";

const [url = "", text = ""] = process.argv.slice(2);
const { body, spans } = await tracedCall(
  url,
  JSON.stringify({ feed: [{ words: wordIds(text) }], fetch: ["prob"] }),
);
console.log(JSON.stringify(body, inHundredths));
console.log(renderTimeline(spans));

function inHundredths(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toFixed(2)) : value;
}
