// Asks for the names of a colour: node examples/dist/custom-op/client.js HOST:PORT
import { Client } from "@paddlewheel/client";
import type { TensorOf } from "@paddlewheel/core";

interface Colours {
  readonly feeds: { readonly rgb: TensorOf<"float32"> };
  readonly fetches: { readonly label: TensorOf<"string">; readonly prob: TensorOf<"float32"> };
}

const client = new Client<Colours>();
client.loadClientConfig("examples/custom-op/client");
client.connect(process.argv.slice(2));
const { label, prob } = await client.predict({ feed: { rgb: [0.65, 0.45, 0.25] } });
client.close();

for (const [i, name] of label.data.entries()) console.log(name, prob.data[i]?.toFixed(3));
