import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { StartedServer } from "../harness/start-server.js";
import { bytes, bytesField, tag, tensorField, varint, varintField } from "./bad-input/wire-bytes.js";
import { httpOutcome, httpRequest, type Reply, type WireClient, wireClients } from "./clients.js";
import { encodeRequest, type RequestMessage, requestJson } from "./proto-messages.js";
import { serveModel } from "./serve-model.js";
import { linear } from "./served-models.js";

const x = { name: "x", elem_type: 1, shape: [1, 3], float_data: [1, 2, 3] };
const good: RequestMessage = { tensor: [x] };
const floats = Buffer.from(Float32Array.of(1, 2, 3).buffer);
const header = [bytesField(13, "x"), varintField(10, 1), bytesField(11, varint(1), varint(3))];

/** Messages over every transport. */
const messages: Readonly<Record<string, RequestMessage>> = {
  "an output twice": { tensor: [x], fetch_var_names: ["y", "y"] },
  "the alias instead of the name": { tensor: [{ ...x, name: "", alias_name: "x" }] },
  "an alias beside the name that is not the model's": { tensor: [{ ...x, alias_name: "other" }] },
  "the greatest log id": { tensor: [x], log_id: "18446744073709551615" },
  "lod for a model that has no use for it": { tensor: [{ ...x, lod: [0, 1] }] },
  "raw bytes instead of a list": { tensor: [{ ...x, float_data: [], tensor_content: floats }] },
};

/** Bytes of protobuf that a reader must take, though few writers send them. */
const encodings: Readonly<Record<string, Buffer>> = {
  "fields in the reverse order": tensorField(bytesField(2, floats), ...header.toReversed()),
  "a list one by one": tensorField(...header, ...oneByOne()),
  "a list half packed, half one by one": tensorField(
    bytesField(2, floats.subarray(0, 4)),
    ...header,
    ...oneByOne().slice(1),
  ),
  "a name twice, of which the last counts": tensorField(
    bytesField(13, "z"),
    ...header,
    bytesField(2, floats),
  ),
  "fields nobody knows": bytes(
    varintField(99, 1),
    tensorField(bytesField(77, "?"), ...header, bytesField(2, floats)),
  ),
  "numbers longer than they need be": tensorField(
    bytesField(13, "x"),
    bytes(tag(10, 0), [0x81, 0x80, 0x80, 0x00]),
    bytesField(11, Buffer.from([0x81, 0x00, 0x83, 0x80, 0x00])),
    bytesField(2, floats),
  ),
  "an empty list beside the full one": tensorField(bytesField(1), ...header, bytesField(2, floats)),
};

function oneByOne(): Buffer[] {
  return [0, 4, 8].map((at) => bytes(tag(2, 5), floats.subarray(at, at + 4)));
}

/** JSON text. */
const texts: Readonly<Record<string, string>> = {
  "white space": ` \n${requestJson(good)}\t`,
  "keys nobody knows":
    '{"?":[{}],"tensor":[{"name":"x","elem_type":1,"shape":[1,3],"float_data":[1,2,3],"?":1}]}',
  "null for what is left out":
    '{"fetch_var_names":null,"tensor":[{"name":"x","lod":null,"elem_type":1,"shape":[1,3],"float_data":[1,2,3]}]}',
  "a key twice, of which the last counts": requestJson(good).replace("{", '{"tensor":[],'),
  "numbers with an exponent": requestJson(good).replace("[1,2,3]", "[10e-1,0.2E1,3.0]"),
  "letters as escapes": requestJson(good).replace('"x"', '"\\u0078"'),
  "__proto__ as a key": requestJson(good).replace("{", '{"__proto__":{"tensor":[]},"constructor":1,'),
};

/** HTTP requests whose body is the good one. */
const requests: Readonly<
  Record<string, { readonly path?: string; readonly headers?: Record<string, string> }>
> = {
  "the short name of the service": { path: "/GeneralModelService/inference" },
  "a query": { path: "/GeneralModelService/inference?a=b" },
  "more of a path than needed": { path: "/GeneralModelService/inference/more/of/it" },
  "no content type": {},
  "the content type of forms": { headers: { "content-type": "application/x-www-form-urlencoded" } },
  "a charset": { headers: { "content-type": "application/json; charset=utf-8" } },
  "a content type in capitals": { headers: { "content-type": "APPLICATION/JSON" } },
};

describe("input that looks odd and is right", () => {
  let server: StartedServer;
  let clients: readonly WireClient[];

  before(async () => {
    server = await serveModel({ model: linear() });
    clients = wireClients(server.port);
  });

  after(async () => {
    for (const client of clients) client.close();
    await server[Symbol.asyncDispose]();
  });

  for (const [what, message] of Object.entries(messages)) {
    test(`${what}, over every transport`, async () => {
      for (const client of clients) assertAnswer(await client.send(client.encode(message)), client.protocol);
    });
  }

  for (const [what, body] of Object.entries(encodings)) {
    test(`${what}, in protobuf`, async () => {
      for (const client of clients.slice(1)) assertAnswer(await client.send(body), client.protocol);
    });
  }

  for (const [what, text] of Object.entries(texts)) {
    test(`${what}, in JSON`, async () => {
      assertAnswer(httpOutcome(await httpRequest({ port: server.port, body: text })), text);
    });
  }

  for (const [what, request] of Object.entries(requests)) {
    test(`${what}, over HTTP`, async () => {
      const body = requestJson(good);
      assertAnswer(httpOutcome(await httpRequest({ ...request, port: server.port, body })), what);
    });
  }

  test("a body in chunks, also one of a byte each", async () => {
    const body = encodeRequest(good);
    const bodies = [[body], [...body].map((byte) => Buffer.of(byte))];
    for (const pieces of bodies) {
      const headers = { "content-type": "application/proto" };
      assertAnswer(httpOutcome(await httpRequest({ port: server.port, body: pieces, headers })), "chunks");
    }
  });

  test("a body packed by gzip", async () => {
    const headers = { "content-encoding": "gzip" };
    const body = gzipSync(requestJson(good));
    assertAnswer(httpOutcome(await httpRequest({ port: server.port, body, headers })), "gzip");
  });

  test("an int64 beyond 2^53 keeps every digit, as a number and as text", async () => {
    const logIds = ["9007199254740993", '"9007199254740993"', "18446744073709551615"];
    for (const logId of logIds) {
      const body = requestJson(good).replace("{", `{"log_id":${logId},`);
      const { body: answer } = await httpRequest({ port: server.port, body });
      assert.match(answer.toString(), new RegExp(`"log_id":${logId.replaceAll('"', "")}[,}]`));
    }
  });
});

function assertAnswer({ text, response }: Reply, what: string): void {
  assert.equal(text, "", what);
  const [output] = response?.outputs ?? [];
  assert.ok(output && output.tensor.length > 0, what);
  for (const { name, float_data: y } of output.tensor) assert.deepEqual([name, y], ["y", [14.5]], what);
}
