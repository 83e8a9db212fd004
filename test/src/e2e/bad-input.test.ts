import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Code } from "@paddlewheel/core";
import type { StartedServer } from "../harness/start-server.js";
import { type BadInput, requestId, type ServedName } from "./bad-input/bad-input.js";
import { badInputs } from "./bad-input/rows.js";
import { type Reply, type WireClient, wireClients } from "./clients.js";
import { documentedClass } from "./documented-class.js";
import { goodRequests } from "./good-requests.js";
import { serveModel } from "./serve-model.js";
import { everyType, gather, linear, pair } from "./served-models.js";
import { plainTensor } from "./tensor-values.js";

const models = { linear, pair, gather, everyType } as const satisfies Record<ServedName, () => Uint8Array>;

/** Below the default, so that what is too large need not be so very large. */
const maxBodySize = 20 * 1024 * 1024;

/** gRPC clients of other languages hang on much longer status messages, and HTTP is to say the same. */
const maxTextLength = 1024;

interface Served {
  readonly server: StartedServer;
  readonly clients: readonly WireClient[];
}

describe("bad input", () => {
  const served = new Map<ServedName, Served>();

  before(async () => {
    const names = Object.keys(models) as ServedName[];
    await Promise.all(
      names.map(async (name) => {
        const server = await serveModel({ model: models[name](), webService: name }, [
          "--max_body_size",
          String(maxBodySize),
        ]);
        served.set(name, { server, clients: wireClients(server.port) });
      }),
    );
  });

  after(async () => {
    for (const { server, clients } of served.values()) {
      for (const client of clients) client.close();
      await server[Symbol.asyncDispose]();
    }
  });

  for (const [group, rows] of Object.entries(badInputs)) {
    describe(group, () => {
      for (const row of rows) {
        test(`${row.what}: ${overWhich(row)}`, async () => {
          const name = row.sent.to ?? "linear";
          const { clients = [] } = served.get(name) ?? {};
          for (const client of clients) {
            const body = row.sent.bodies[client.protocol];
            if (body) checkRefusal(row, client, await client.send(body, sendOptions(row)));
          }
          for (const client of clients) await checkGoodAnswer(name, client);
        });
      }
    });
  }

  test("the table has at least a hundred rows, and says why where a transport is left out", () => {
    const rows = Object.values(badInputs).flat();
    assert.ok(rows.length >= 100);
    for (const { what, sent } of rows) {
      assert.ok(Object.keys(sent.bodies).length === 4 || sent.why, what);
    }
  });
});

function overWhich({ sent }: BadInput): string {
  const transports = Object.keys(sent.bodies).join(", ");
  return sent.why ? `${transports} (${sent.why})` : transports;
}

function sendOptions({ sent }: BadInput): BadInput["sent"]["options"] {
  return { ...sent.options, headers: { "x-request-id": requestId, ...sent.options?.headers } };
}

/** The code and the text of the row, and so the same over every transport. */
function checkRefusal({ code, text, sent }: BadInput, { protocol }: WireClient, reply: Reply): void {
  const isGrpc = protocol === "gRPC";
  const { grpc, http } = documentedClass(code);
  const status = { gRPC: grpc, "HTTP/JSON": http, "HTTP/proto": http, baidu_std: Code[code] }[protocol];
  assert.equal(reply.status, status, `${protocol}: ${reply.text}`);
  if (!(isGrpc && sent.isAnsweredByGrpc)) assert.equal(reply.number, Code[code], protocol);
  if (typeof text === "string") assert.equal(reply.text, text, protocol);
  else assert.match(reply.text, text, protocol);
  assert.ok(reply.text.length <= maxTextLength, `${protocol}: a text of ${reply.text.length} characters`);
  assert.doesNotMatch(reply.text, /\p{Cc}/u, `${protocol}: control characters`);
}

async function checkGoodAnswer(name: ServedName, client: WireClient): Promise<void> {
  const { request, answer } = goodRequests[name];
  const { text, response } = await client.send(client.encode(request));
  const tensors = response?.outputs[0]?.tensor ?? [];
  assert.equal(text, "", `${client.protocol}, afterwards`);
  assert.deepEqual(tensors.map(plainTensor), answer, `${client.protocol}, afterwards`);
}
