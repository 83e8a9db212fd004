import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, Secret } from "@paddlewheel/core";
import { PromMetrics } from "../observe/prom-metrics.js";
import { TokenAuthenticator } from "./token-authenticator.js";
import { parseTokenList } from "./token-list.js";

const token = "canary-0123456789abcdef";

function create(text: string): { authenticator: TokenAuthenticator; metrics: PromMetrics } {
  const metrics = new PromMetrics();
  return { authenticator: new TokenAuthenticator(parseTokenList(text, "tokens"), metrics), metrics };
}

describe("TokenAuthenticator", () => {
  test("takes a token with and without its scheme, whatever its case", () => {
    const { authenticator } = create(token);
    for (const sent of [token, `Bearer ${token}`, `bearer  ${token}`]) {
      assert.equal(authenticator.refuse("a.Uci", new Secret(sent)), undefined, sent);
    }
    for (const sent of [
      `Basic ${token}`,
      ` ${token}`,
      `${token}x`,
      "Bearer",
      "",
      `Bearer ${token}, Bearer ${token}`,
    ]) {
      assert.equal(authenticator.refuse("a.Uci", new Secret(sent))?.code, Code.unauthenticated, sent);
    }
  });

  test("says why it refuses, counts it, and never repeats the token", async () => {
    const { authenticator, metrics } = create(`${token} Uci`);
    const refusals = [
      authenticator.refuse("a.Uci", undefined),
      authenticator.refuse("a.Uci", new Secret("somebody's token")),
      authenticator.refuse("a.Bert", new Secret(token)),
    ];
    assert.deepEqual(
      refusals.map((refusal) => [refusal?.code, refusal?.message]),
      [
        [
          Code.unauthenticated,
          "a token is needed: send it as authorization: Bearer TOKEN or x-api-key: TOKEN, or as authentication_data of baidu_std",
        ],
        [Code.unauthenticated, "the token is not known here"],
        [Code.permissionDenied, 'the token is not for "a.Bert"'],
      ],
    );
    const text = await metrics.text();
    for (const reason of ["missing", "unknown", "scope"]) {
      assert.match(text, new RegExp(`paddlewheel_auth_refused_total\\{reason="${reason}"\\} 1\n`));
    }
  });

  test("lets anyone have what the list gives to anyone, also with another's token or a wrong one", () => {
    const { authenticator } = create(`${token} Uci\nanyone metrics`);
    for (const credential of [undefined, new Secret(token), new Secret("wrong")]) {
      assert.equal(authenticator.refuse("metrics", credential), undefined);
    }
    assert.equal(authenticator.refuse("a.Uci", undefined)?.code, Code.unauthenticated);
  });

  test("tells only holders of a token that nobody hosts a service", () => {
    const { authenticator } = create(`${token} Uci\nanyone metrics`);
    assert.equal(authenticator.refuse("unknown", new Secret(token)), undefined);
    assert.equal(authenticator.refuse("unknown", undefined)?.code, Code.unauthenticated);
  });

  test("forgets what it knows of a credential when the list is another", () => {
    const { authenticator } = create(token);
    const credential = new Secret(token);
    assert.equal(authenticator.refuse("a.Uci", credential), undefined);
    authenticator.replace(parseTokenList("another-token-of-mine", "tokens"));
    assert.equal(authenticator.refuse("a.Uci", credential)?.code, Code.unauthenticated);
    assert.equal(authenticator.refuse("a.Uci", new Secret("another-token-of-mine")), undefined);
  });
});
