import assert from "node:assert/strict";
import { test } from "node:test";
import { wordIds } from "../sentiment/vocabulary.js";
import { describeReadme } from "../testing/describe-readme.js";
import { findSpan, overlap } from "../testing/spans.js";
import { tracedCall } from "../timeline/traced-call.js";

describeReadme("ensemble", (url) => {
  test("runs both models at once, each in a worker of its own", async () => {
    const request = JSON.stringify({ feed: [{ words: wordIds("good") }], fetch: ["prob"] });
    const answer = await tracedCall(`${url()}/sentiment/prediction`, request);
    const [bow, cnn] = ["bow", "cnn"].map((name) => findSpan(answer, "run", name));
    assert.ok(bow && cnn && overlap(bow, cnn), JSON.stringify(answer.spans));
    assert.deepEqual([bow.placement, cnn.placement], ["pool", "pool"]);
  });
});
