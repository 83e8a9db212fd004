import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sdkConfType } from "./schema/messages.js";
import { breaksRule } from "./schema/rules.js";
import { testReferencePage } from "./testing/reference-page.js";

testReferencePage({
  text: readFileSync(join(import.meta.dirname, "../../../docs/predictors-reference.md"), "utf8"),
  anyType: sdkConfType("SDKConf"),
  isRefused: (field, value) => breaksRule(field, value) !== undefined,
});
