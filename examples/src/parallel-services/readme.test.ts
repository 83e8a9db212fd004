import assert from "node:assert/strict";
import { test } from "node:test";
import { describeReadme } from "../testing/describe-readme.js";
import { findSpan, follows, overlap } from "../testing/spans.js";
import { tracedCall } from "../timeline/traced-call.js";

describeReadme("parallel-services", (url) => {
  const spansOf = async (path: string, request: object, kind: string, names: readonly [string, string]) => {
    const answer = await tracedCall(`${url()}/${path}`, JSON.stringify(request));
    return [findSpan(answer, kind, names[0]), findSpan(answer, kind, names[1])] as const;
  };
  const sellers = (service: string) =>
    spansOf(`${service}/inference`, { product: "lamp" }, "workflow", ["near", "far"]);
  const questions = (run: string) =>
    spansOf("OrderService/inference", { product: "lamp", run }, "node", ["price", "delivery"]);

  test("runs the workflows of a parallel service at once", async () => {
    assert.ok(overlap(...(await sellers("PriceService"))));
  });

  test("runs those of any other service one after the other, in the order of conf", async () => {
    assert.ok(follows(...(await sellers("PriceInTurnService"))));
  });

  test("runs nodes of a Parallel workflow at once that do not wait for each other", async () => {
    assert.ok(overlap(...(await questions("at once"))));
  });

  test("runs nodes of a Sequence one after the other, in the order of conf", async () => {
    assert.ok(follows(...(await questions("in turn"))));
  });
});
