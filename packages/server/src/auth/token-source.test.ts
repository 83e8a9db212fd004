import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { Code, noMetrics, Secret } from "@paddlewheel/core";
import { ManualClock, RecordingLogger } from "@paddlewheel/core/testing";
import { TokenSource } from "./token-source.js";

const canary = "canary-0123456789abcdef";
const other = "another-token-of-mine";

describe("TokenSource", () => {
  let folder: string;
  let tokenFile: string;
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const shared = { clock, logger, metrics: noMetrics };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tokens-"));
    tokenFile = join(folder, "tokens.txt");
    logger.lines.length = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const refusal = (source: TokenSource, token: string): Code | undefined =>
    source.authenticator.refuse("a.Uci", new Secret(token))?.code;
  const lineOf = async (text: string): Promise<object> => {
    clock.advance(2000);
    for (;;) {
      const line = logger.lines.find(({ message }) => message.includes(text));
      if (line) return line.fields;
      await new Promise(setImmediate);
    }
  };

  test("takes tokens from a text, where lines may end with semicolons", () => {
    const source = new TokenSource({ ...shared, tokens: new Secret(`${canary} Uci;${other}`) });
    assert.equal(refusal(source, canary), undefined);
    assert.equal(refusal(source, other), undefined);
  });

  test("reads its file again when it changes, and keeps what it has when that has faults", async () => {
    writeFileSync(tokenFile, canary);
    const source = new TokenSource({ ...shared, tokenFile });
    source.start([]);
    writeFileSync(tokenFile, other);
    await lineOf("read again");
    assert.equal(refusal(source, canary), Code.unauthenticated);
    assert.equal(refusal(source, other), undefined);
    writeFileSync(tokenFile, "canary");
    const { err } = (await lineOf("stay as they were")) as { err: Error };
    assert.equal(err.message, `${tokenFile}:1: a token of 6 characters, it must have 16 or more`);
    assert.equal(refusal(source, other), undefined);
    source.close();
  });

  test("warns of scopes that are for nothing, and of what may be meant", () => {
    writeFileSync(tokenFile, `${canary} Uci,a.Uci,metrics,admin,Ucl`);
    const source = new TokenSource({ ...shared, tokenFile });
    source.start(["a.Uci", "Uci"]);
    source.close();
    assert.deepEqual(
      logger.lines.map(({ level, message }) => [level, message]),
      [["warn", 'line 1: there is no service named "Ucl"; did you mean "Uci"?']],
    );
  });

  test("refuses a file that is not there or cannot be read", () => {
    assert.throws(() => new TokenSource({ ...shared, tokenFile }), {
      code: Code.invalidConf,
      message: `${tokenFile}: there is no such file`,
    });
    assert.throws(() => new TokenSource({ ...shared, tokenFile: folder }), {
      message: `${folder}: it cannot be read: EISDIR`,
    });
  });
});
