import assert from "node:assert/strict";
import { test } from "node:test";
import { format, inspect } from "node:util";
import { Secret } from "./secret.js";

test("a Secret shows itself to nobody who does not ask for it", () => {
  const secret = new Secret("canary");
  const shown = [
    `${secret}`,
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }, { showHidden: true, depth: 9 }),
    format("%s %o %j", secret, secret, secret),
    Object.values({ ...secret }).join(),
  ];
  for (const text of shown) assert.ok(!text.includes("canary"), text);
  assert.equal(shown[2], '{"secret":"***"}');
  assert.equal(secret.reveal(), "canary");
});
