import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { TestServer, textService } from "../conformance/test-server.js";

interface Answer {
  readonly number: string | null;
  readonly text: string;
}

async function post(body: Buffer, headers: Readonly<Record<string, string>>): Promise<Answer> {
  await using server = await new TestServer([textService({ echo: (text) => text })]).start();
  const url = `http://127.0.0.1:${server.port}/test.Echo/echo`;
  const response = await fetch(url, { method: "POST", body, headers });
  return { number: response.headers.get("x-bd-error-code"), text: await response.text() };
}

describe("the content encoding of a request", () => {
  const body = Buffer.from('"größe"');

  for (const encoding of ["gzip", "GZIP", "x-gzip"]) {
    test(`is unpacked when it is ${encoding}`, async () => {
      const answer = await post(gzipSync(body), { "content-encoding": encoding });
      assert.deepEqual(answer, { number: null, text: '"größe"' });
    });
  }

  for (const encoding of ["identity", ""]) {
    test(`may be ${JSON.stringify(encoding)}`, async () => {
      const answer = await post(body, { "content-encoding": encoding });
      assert.deepEqual(answer, { number: null, text: '"größe"' });
    });
  }

  for (const encoding of ["br", "gzip, gzip"]) {
    test(`is refused by name when it is ${encoding}`, async () => {
      const answer = await post(brotliCompressSync(body), { "content-encoding": encoding });
      const text = `body: content-encoding "${encoding}" is not known, send gzip or none`;
      assert.deepEqual(answer, { number: "1003", text });
    });
  }
});

describe("a JSON body", () => {
  test("must be UTF-8: nothing is replaced without a word", async () => {
    const answer = await post(Buffer.from('"gr\xf6\xdfe"', "latin1"), {});
    assert.deepEqual(answer, { number: "1003", text: "body: is not UTF-8 text" });
  });

  test("in protobuf's place may be any bytes", async () => {
    const answer = await post(Buffer.from([0xff]), { "content-type": "application/proto" });
    assert.deepEqual(answer, { number: null, text: "\ufffd" });
  });
});
