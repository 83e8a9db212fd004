import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Client, CompressType } from "@paddlewheel/client";
import { Code } from "@paddlewheel/core";
import { clientFolder, house, modelFolder, price } from "../cli/example.js";
import { type StartedServer, startServer } from "../harness/start-server.js";

let server: StartedServer;
before(async () => {
  server = await startServer(["serve", "--model", modelFolder, "--host", "127.0.0.1", "--port", "0"]);
});
after(() => server[Symbol.asyncDispose]());

const priceTensor = { dtype: "float32", shape: [1, 1], data: Float32Array.of(price) };

for (const scheme of ["", "grpc://", "baidu_std://", "http://", "list://"]) {
  describe(`the client at ${scheme}HOST`, () => {
    let client: Client;
    before(() => {
      client = new Client({ headers: { "X-Request-Id": "mine" } });
      client.loadClientConfig(clientFolder);
      client.connect([scheme + server.address]);
    });
    after(() => client.close());

    for (const [what, feed] of [
      ["a typed array", { x: Float32Array.from(house) }],
      ["a list", { x: [...house] }],
      ["a list with one feed", [{ x: [...house] }]],
      ["the bare value of the only feed", [...house]],
    ] as const) {
      test(`takes ${what}, and gives tensors by alias name`, async () => {
        assert.deepEqual(await client.predict({ feed, fetch: "price" }), { price: priceTensor });
      });
    }

    test("takes batches", async () => {
      const { price: prices } = await client.predict({ feed: { x: [house, house] }, batch: true });
      assert.deepEqual(prices?.shape, [2, 1]);
    });

    test("gives the variant's tag beside the result where it is wanted", async () => {
      const answer = await client.predict({ feed: { x: house }, needVariantTag: true });
      assert.deepEqual(answer, [{ price: priceTensor }, "default_tag_1"]);
    });

    test("asks for a version, and tells which answered", async () => {
      const feed = { x: house };
      const [, metadata] = await client.predict({ feed, modelVersion: "0", needMetadata: true });
      assert.equal(metadata.host, server.address);
      assert.match(metadata.modelVersion ?? "", /^GeneralInferOp_0=0@[0-9a-f]+$/);
      await assert.rejects(client.predict({ feed, modelVersion: "7" }), {
        code: Code.notFound,
        message: 'engine "GeneralInferOp_0" has no version "7"; it has "0"',
      });
    });
  });
}

for (const [protocol, compressType] of [
  ["grpc", CompressType.gzip],
  ["baidu_std", CompressType.snappy],
] as const) {
  test(`the client packs its requests by ${protocol}`, async () => {
    const client = new Client({ protocol, compressType });
    client.loadClientConfig(clientFolder);
    client.connect([server.address]);
    const { price: one } = await client.predict({ feed: { x: house } });
    client.close();
    assert.deepEqual(one, priceTensor);
  });
}
