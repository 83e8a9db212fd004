import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { html } from "./html.js";
import { plainNames, ShownServer } from "./testing/shown-server.js";

const attacks = [
  "<img src=x onerror=alert(1)>",
  `"><script>alert(1)</script>`,
  `' onmouseover='alert(1)`,
  "</style><script>alert(1)</script>",
  "javascript:alert(1)",
];

const paths = ["/", "/index", "/status", "/vars", "/flags", "/connections", "/protobufs", "/version"];

/** What a browser would make of markup of ours: its elements, and their attributes. */
function tagsOf(markup: string): Set<string> {
  return new Set([...markup.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replaceAll(/"[^"]*"/g, '"…"')));
}

describe("a page for browsers", () => {
  for (const attack of attacks) {
    test(`shows ${attack} as text, whatever is called so`, async () => {
      const names = Object.fromEntries(Object.keys(plainNames).map((name) => [name, attack]));
      const attacked = new ShownServer({ ...plainNames, ...names });
      const plain = new ShownServer();
      for (const path of paths) {
        const { body } = await attacked.browse(path);
        const expected = (await plain.browse(path)).body;
        assert.deepEqual(tagsOf(body), tagsOf(expected), path);
        assert.ok(!body.includes('href="javascript'), path);
      }
    });
  }

  test("may load nothing, run nothing and stand in no other page", async () => {
    const { headers, contentType } = await new ShownServer().browse("/status");
    assert.equal(contentType, "text/html; charset=utf-8");
    assert.match(
      headers?.["content-security-policy"] ?? "",
      /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    );
    assert.equal(headers?.["x-content-type-options"], "nosniff");
    assert.equal(headers?.["cache-control"], "no-store");
  });
});

test("html escapes what could end a text or an attribute", () => {
  const { markup } = html`<a title="${`<&>"'`}">${html`<b>${1}</b>`}${[html`x`, html`y`]}</a>`;
  assert.equal(markup, `<a title="&#60;&#38;&#62;&#34;&#39;"><b>1</b>xy</a>`);
});
