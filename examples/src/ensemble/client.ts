// Asks both models whether a text is bad or good: node examples/dist/ensemble/client.js HOST:PORT TEXT
import { Client, type FetchedByEngine } from "@paddlewheel/client";
import { wordIds } from "../sentiment/vocabulary.js";

const [endpoint = "", text = ""] = process.argv.slice(2);

const client = new Client();
client.loadClientConfig("examples/ensemble/client");
client.connect([endpoint]);
const feed = { words: wordIds(text) };
const answers = await client.predict<FetchedByEngine>({ feed, fetch: ["prob"] });
client.close();

for (const [engine, { prob }] of Object.entries(answers)) {
  const [bad, good] = Array.from(prob?.data ?? [], Number);
  console.log(`${engine}: bad ${bad?.toFixed(2)}, good ${good?.toFixed(2)}`);
}
