import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { StartedServer } from "../harness/start-server.js";
import { type Reply, type WireClient, wireClients } from "./clients.js";
import { encodeRequest, type RequestMessage, requestJson } from "./proto-messages.js";
import { serveModel } from "./serve-model.js";
import { linear } from "./served-models.js";

/** A message with fields of every wire kind in it: strings, varints, packed lists, raw bytes, and known defaults. */
const message: RequestMessage = {
  tensor: [{ name: "x", alias_name: "x", elem_type: 1, shape: [1, 3], lod: [0, 1], float_data: [1, 2, 3] }],
  fetch_var_names: ["y", "y"],
  profile_server: true,
  log_id: "18446744073709551615",
};
const bytes = encodeRequest(message);
const json = Buffer.from(requestJson(message));

describe("a message that is cut short", () => {
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

  test("is refused at every byte, with one answer over HTTP and gRPC, or is a whole message by itself", async () => {
    const [, http, grpc] = clients;
    assert.ok(http && grpc);
    const accepted: number[] = [];
    for (let length = 0; length < bytes.length; length++) {
      const body = bytes.subarray(0, length);
      const replies: readonly Reply[] = [await http.send(body), await grpc.send(body)];
      const [overHttp, overGrpc] = replies.map(({ number, text }) => ({ number, text }));
      assert.deepEqual(overHttp, overGrpc, `the first ${length} bytes`);
      if (overHttp?.number === 0) accepted.push(length);
      else assert.match(overHttp?.text ?? "", /^(?:Request|Tensor|tensor)\b/, `the first ${length} bytes`);
    }
    // Whole are those that end behind the tensor, behind a name, or behind profile_server.
    assert.deepEqual(accepted, wholePrefixes());
    await checkAlive();
  });

  test("is refused at every byte of JSON", async () => {
    const [client] = clients;
    assert.ok(client);
    for (let length = 1; length < json.length; length++) {
      const reply: Reply = await client.send(json.subarray(0, length));
      const { number, text } = reply;
      assert.equal(number, 1003, `the first ${length} bytes: ${text}`);
      assert.match(text, /^the text is not JSON: /, `the first ${length} bytes`);
    }
    await checkAlive();
  });

  test("with any bit turned it is refused or answered, the same over HTTP and gRPC", async () => {
    const [, http, grpc] = clients;
    assert.ok(http && grpc);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const body = Buffer.from(bytes);
      body[bit >> 3] = (body[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const replies: readonly Reply[] = [await http.send(body), await grpc.send(body)];
      const [overHttp, overGrpc] = replies.map(({ number, text, response }) => {
        return { number, text, outputs: number === 0 ? response?.outputs : [] };
      });
      assert.deepEqual(overHttp, overGrpc, `bit ${bit}`);
      assert.ok([0, 22, 1003].includes(overHttp?.number ?? -1), `bit ${bit}: ${overHttp?.text}`);
    }
    await checkAlive();
  });

  async function checkAlive(): Promise<void> {
    for (const client of clients) {
      const { response } = await client.send(client.encode(message));
      assert.deepEqual(response?.outputs[0]?.tensor[0]?.float_data, [14.5], client.protocol);
    }
  }
});

/** Lengths at which a field of the request ends, the first being the tensor. */
function wholePrefixes(): number[] {
  const { tensor = [], fetch_var_names: names = [], profile_server: isProfiled = false } = message;
  const parts: RequestMessage[] = [
    { tensor },
    { tensor, fetch_var_names: names.slice(0, 1) },
    { tensor, fetch_var_names: names },
    { tensor, fetch_var_names: names, profile_server: isProfiled },
  ];
  return parts.map((part) => encodeRequest(part).length);
}
