import assert from "node:assert/strict";
import { test } from "node:test";
import type { Tensor, TensorOf } from "@paddlewheel/core";
import type { Client } from "./client.js";
import type { FetchedByEngine } from "./prediction.js";

interface Classifier {
  readonly feeds: { readonly image: TensorOf<"float32">; readonly ids: TensorOf<"int64"> };
  readonly fetches: { readonly score: TensorOf<"float32">; readonly label: TensorOf<"string"> };
}

/** Never called: what is tested is that it compiles, and that each expected error is one. */
async function calls(client: Client<Classifier>, untyped: Client): Promise<void> {
  const image = new Float32Array(4);
  const feed = { image, ids: [1, 2] };
  const all = await client.predict({ feed });
  const scores: Float32Array = all.score.data;
  const labels: readonly string[] = all.label.data;
  const offsets: Tensor | undefined = all["score.lod"];
  const one = await client.predict({ feed: { ...feed, "ids.lod": [0, 1, 2] }, fetch: "score" });
  // @ts-expect-error: only the score was asked for.
  one.label;
  // @ts-expect-error: the image is missing.
  await client.predict({ feed: { ids: [1, 2] } });
  // @ts-expect-error: ids are int64.
  await client.predict({ feed: { image, ids: image } });
  // @ts-expect-error: there is no such output.
  await client.predict({ feed, fetch: ["scores"] });
  const byEngine = await client.predict<FetchedByEngine>({ feed });
  const ofEngine: Tensor | undefined = byEngine.large?.score;
  const any: Tensor | undefined = (await untyped.predict({ feed: { x: image }, fetch: "y" })).y;
  assert.ok(scores && labels && offsets && ofEngine && any);
}

test("a client of known types takes what its model takes and gives what it gives", () => {
  assert.equal(typeof calls, "function");
});
