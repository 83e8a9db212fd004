import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { type GeneralTensor, PredictorApi, protocols } from "@paddlewheel/client";
import type { SdkPredictor, SdkVariantConf } from "@paddlewheel/conf";
import type { StartedServer } from "../harness/start-server.js";
import { serveModel } from "./serve-model.js";
import { slowModel } from "./slow-model.js";

const width = 256;
const row: GeneralTensor = {
  name: "x",
  aliasName: "x",
  dtype: "float32",
  shape: [1, width],
  data: Float32Array.from({ length: width }, (_, i) => i / 7),
};

let server: StartedServer;
before(async () => {
  server = await serveModel({ model: slowModel(0) });
});
after(() => server[Symbol.asyncDispose]());

/** A client whose calls go to the server, and to another variant as the conf says. */
async function createApi(
  beside: SdkVariantConf,
  routing: Pick<SdkPredictor, "shadow" | "canary">,
): Promise<PredictorApi> {
  const old: SdkVariantConf = { tag: "old", naming_conf: { cluster: `list://${server.address}` } };
  const api = new PredictorApi();
  await api.createFrom({ predictors: [{ variants: [old, beside], ...routing }] });
  return api;
}

async function callOften(api: PredictorApi, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const { outputs } = await api.fetchPredictor("general_model").inference({ tensors: [row] });
    assert.deepEqual(outputs[0]?.tensors[0]?.shape, [1, width]);
  }
}

describe("a shadow", () => {
  for (const protocol of protocols) {
    test(`is compared with, whose answers come over ${protocol}`, async () => {
      const api = await createApi(
        {
          tag: "new",
          naming_conf: { cluster: `list://${server.address}` },
          rpc_parameter: { protocol, compress_type: 2 },
        },
        { shadow: { variant: "new", percent: 100 } },
      );
      await callOften(api, 20);
      while (api.shadowReport("general_model").inFlight > 0) await setImmediate();
      const { compared, equal, dropped, failed, maxAbsolute } = api.shadowReport("general_model");
      assert.deepEqual({ equal, failed, maxAbsolute }, { equal: compared, failed: {}, maxAbsolute: 0 });
      assert.equal(compared + dropped, 20);
      api.destroy();
    });
  }

  test("that takes connections and says nothing holds no caller up", async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const api = await createApi(
      { tag: "new", naming_conf: { cluster: `127.0.0.1:${port}` } },
      { shadow: { variant: "new", percent: 100, max_in_flight: 3 } },
    );
    await callOften(api, 50);
    const { compared, dropped, inFlight } = api.shadowReport("general_model");
    assert.deepEqual([compared, dropped, inFlight], [0, 47, 3]);
    api.destroy();
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
});

describe("a canary", () => {
  test("whose only server goes away is rolled back, and no caller gets an error", async () => {
    const other = await serveModel({ model: slowModel(0) });
    const api = await createApi(
      {
        tag: "new",
        naming_conf: { cluster: `list://${other.address}` },
        connection_conf: { connect_retry_count: 0 },
      },
      { canary: { variant: "new", percent: 50, min_calls: 20, window_ms: 60_000 } },
    );
    await callOften(api, 100);
    assert.equal(api.canaryState("general_model").isRolledBack, false);
    await other[Symbol.asyncDispose]();
    await callOften(api, 400);
    const { isRolledBack, percent, stable } = api.canaryState("general_model");
    assert.deepEqual([isRolledBack, percent, stable.failures], [true, 0, 0]);
    api.destroy();
  });
});
