import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFlags } from "../flags/parse-flags.js";
import { UsageError } from "../usage-error.js";
import { securityFlags } from "./security-flags.js";
import { type SecurityOptions, securityOf } from "./security-of.js";

const security = (args: readonly string[], env: NodeJS.ProcessEnv = {}): SecurityOptions =>
  securityOf(parseFlags(securityFlags, args).values, env);

test("a server is plain and open unless somebody says otherwise", () => {
  assert.deepEqual(security([]), {});
});

test("tokens come from a file, or from the environment, which has them no more", () => {
  const env = { PADDLEWHEEL_AUTH_TOKENS: "canary-0123456789abcdef" };
  assert.equal(security([], env).auth?.tokens?.reveal(), "canary-0123456789abcdef");
  assert.deepEqual(env, {});
  const both = { PADDLEWHEEL_AUTH_TOKENS: "canary" };
  assert.deepEqual(security(["--auth_token_file", "t"], both), { auth: { tokenFile: "t" } });
  assert.deepEqual(both, {});
  assert.equal(security([], { PADDLEWHEEL_AUTH_TOKENS: "" }).auth?.tokens?.reveal(), "");
});

test("pages of other origins may call when they are named", () => {
  const origins = ["https://shop.example", "http://localhost:5173"];
  assert.deepEqual(security(["--cors_origin", ...origins]), { corsOrigins: origins });
});

test("TLS needs a certificate and its key", () => {
  const pair = ["--tls_cert", "c", "--tls_key", "k"];
  assert.deepEqual(security(pair), { tls: { certFile: "c", keyFile: "k", isOptional: false } });
  const all = ["--tls_ca", "a", "--tls_client_auth", "request", "--tls_min_version", "1.3", "--tls_optional"];
  assert.deepEqual(security([...pair, ...all]).tls, {
    certFile: "c",
    keyFile: "k",
    isOptional: true,
    caFile: "a",
    clientAuth: "request",
    minVersion: "1.3",
  });
});

for (const [args, message] of [
  [["--tls_cert", "c"], "--tls_cert needs --tls_cert and --tls_key"],
  [["--tls_key", "k"], "--tls_key needs --tls_cert and --tls_key"],
  [["--tls_optional"], "--tls_optional needs --tls_cert and --tls_key"],
  [["--tls_cert", "c", "--tls_key", "k", "--tls_client_auth", "require"], "--tls_client_auth needs --tls_ca"],
] as const) {
  test(`${args.join(" ")} is not enough`, () => {
    assert.throws(() => security(args), new UsageError(message));
  });
}
