import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { StartedServer } from "../harness/start-server.js";
import { type WireClient, wireClients } from "./clients.js";
import { type GoodRequest, sameBack } from "./good-requests.js";
import { serveModel } from "./serve-model.js";
import { everyScalar, everyType, servedTypes } from "./served-models.js";
import { plainTensor } from "./tensor-values.js";

/** Shapes a model of [N, 2] takes, and a scalar for a model of those. */
const batches: readonly {
  readonly what: string;
  readonly model: "batches" | "scalars";
  readonly shape: number[];
}[] = [
  { what: "three rows", model: "batches", shape: [3, 2] },
  { what: "an empty batch", model: "batches", shape: [0, 2] },
  { what: "a scalar", model: "scalars", shape: [] },
];

describe("every element type ONNX Runtime can be given comes back as it was sent", () => {
  const servers: StartedServer[] = [];
  const clients = new Map<string, readonly WireClient[]>();

  before(async () => {
    const [batched, scalars] = await Promise.all([
      serveModel({ model: everyType() }),
      serveModel({ model: everyScalar() }),
    ]);
    servers.push(batched, scalars);
    clients.set("batches", wireClients(batched.port)).set("scalars", wireClients(scalars.port));
  });

  after(async () => {
    for (const client of [...clients.values()].flat()) client.close();
    for (const server of servers) await server[Symbol.asyncDispose]();
  });

  for (const { what, model, shape } of batches) {
    for (const [index, protocol] of (["HTTP/JSON", "HTTP/proto", "gRPC", "baidu_std"] as const).entries()) {
      test(`${what} of ${servedTypes.join(", ")}, over ${protocol}`, async () => {
        const client = clients.get(model)?.[index];
        assert.equal(client?.protocol, protocol);
        if (client) await checkSameBack(client, sameBack(shape));
      });
    }
  }
});

async function checkSameBack(client: WireClient, { request, answer }: GoodRequest): Promise<void> {
  const { text, response } = await client.send(client.encode(request));
  assert.equal(text, "");
  const [output] = response?.outputs ?? [];
  assert.deepEqual(output?.tensor.map(plainTensor), answer);
}
