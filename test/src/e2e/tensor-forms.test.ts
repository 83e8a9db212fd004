import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { identityModel, seededRandom } from "@paddlewheel/onnx";
import type { StartedServer } from "../harness/start-server.js";
import { bytesField, tag, tensorField, varint, varintField } from "./bad-input/wire-bytes.js";
import { type WireClient, wireClients } from "./clients.js";
import { encodeRequest, requestJson, type TensorMessage } from "./proto-messages.js";
import { serveModel } from "./serve-model.js";
import { linear } from "./served-models.js";

/** 150 000 floats, 600 KB; every bit of a float is in use, but for NaN and infinity, whose sums say nothing. */
const rows = 50_000;
const random = seededRandom(7);
const values = Float32Array.from(
  { length: rows * 3 },
  () => (random() - 0.5) * 2 ** Math.floor(random() * 200 - 100),
);
const raw = Buffer.from(values.buffer);
const header: TensorMessage = { name: "x", elem_type: 1, shape: [rows, 3] };

/** One tag and four bytes per element, as proto2 and old generators write lists. */
function unpacked(): Buffer {
  const element = Buffer.alloc(5);
  tag(2, 5).copy(element);
  const elements = Buffer.alloc(5 * values.length);
  for (const [i, value] of values.entries()) {
    element.writeFloatLE(value, 1);
    element.copy(elements, 5 * i);
  }
  return tensorField(
    bytesField(13, "x"),
    varintField(10, 1),
    bytesField(11, varint(rows), varint(3)),
    elements,
  );
}

const packed = encodeRequest({ tensor: [{ ...header, float_data: [...values] }] });

/** The same tensor in every form it may take on the wire. */
const forms: readonly { readonly form: string; readonly body: Buffer; readonly isJson?: boolean }[] = [
  { form: "packed float_data", body: packed },
  { form: "unpacked float_data", body: unpacked() },
  { form: "float_data in two packed pieces", body: twoPieces() },
  { form: "tensor_content", body: encodeRequest({ tensor: [{ ...header, tensor_content: raw }] }) },
  {
    form: "JSON numbers",
    body: Buffer.from(requestJson({ tensor: [{ ...header, float_data: [...values] }] })),
    isJson: true,
  },
  {
    form: "JSON with base64",
    body: Buffer.from(requestJson({ tensor: [{ ...header, tensor_content: raw }] })),
    isJson: true,
  },
];

function twoPieces(): Buffer {
  const half = 4 * Math.floor(values.length / 2);
  const fields = [bytesField(13, "x"), varintField(10, 1), bytesField(11, varint(rows), varint(3))];
  return tensorField(bytesField(2, raw.subarray(0, half)), ...fields, bytesField(2, raw.subarray(half)));
}

describe("a tensor of 600 KB gives the same bits in every form", () => {
  const servers: StartedServer[] = [];
  const clients: Record<string, readonly WireClient[]> = {};

  before(async () => {
    const identity = identityModel({ dtype: "float32", shape: ["N", 3] });
    servers.push(...(await Promise.all([serveModel({ model: identity }), serveModel({ model: linear() })])));
    for (const [i, name] of ["identity", "linear"].entries())
      clients[name] = wireClients(servers[i]?.port ?? 0);
  });

  after(async () => {
    for (const client of Object.values(clients).flat()) client.close();
    for (const server of servers) await server[Symbol.asyncDispose]();
  });

  for (const { form, body, isJson = false } of forms) {
    test(`${form}: what comes back is what went in`, async () => {
      for (const client of clients.identity ?? []) {
        if ((client.protocol === "HTTP/JSON") !== isJson) continue;
        assertSameBits(await outputOf(client, body), values, client.protocol);
      }
    });

    test(`${form}: the linear model gives the same sums`, async () => {
      const [json, proto, grpc] = clients.linear ?? [];
      assert.ok(json && proto && grpc);
      const expected = await outputOf(grpc, packed);
      assert.equal(expected.length, rows);
      for (const client of isJson ? [json] : [proto, grpc]) {
        assertSameBits(await outputOf(client, body), expected, client.protocol);
      }
    });
  }
});

async function outputOf(client: WireClient, body: Buffer): Promise<Float32Array> {
  const { text, response } = await client.send(body);
  assert.equal(text, "", client.protocol);
  return Float32Array.from(response?.outputs[0]?.tensor[0]?.float_data ?? [], Number);
}

/** Says at which element, instead of printing 600 KB. */
function assertSameBits(actual: Float32Array, expected: Float32Array, protocol: string): void {
  const [a, b] = [actual, expected].map(({ buffer, length }) => new Uint32Array(buffer, 0, length));
  assert.equal(a?.length, b?.length, protocol);
  const index = a?.findIndex((bits, i) => bits !== b?.[i]);
  assert.equal(index, -1, `${protocol}: element ${index}`);
}
