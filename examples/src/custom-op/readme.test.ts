import assert from "node:assert/strict";
import { test } from "node:test";
import { describeReadme } from "../testing/describe-readme.js";
import { runShell } from "../testing/shell.js";

describeReadme("custom-op");

test("the conf of the custom-op example says the same in prototxt and YAML", async () => {
  const [prototxt, yaml] = await Promise.all(
    ["conf", "conf-yaml"].map((conf) =>
      runShell(`packages/cli/bin/paddlewheel.js explain examples/custom-op/${conf}`),
    ),
  );
  assert.match(prototxt ?? "", /TopKOp/);
  assert.equal(yaml, prototxt);
});
