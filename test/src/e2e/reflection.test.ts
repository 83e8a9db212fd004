import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Client } from "@grpc/grpc-js";
import { loadFileDescriptorSetFromBuffer, type ServiceDefinition } from "@grpc/proto-loader";
import type { StartedServer } from "../harness/start-server.js";
import { bytesField } from "./bad-input/wire-bytes.js";
import { rawGrpcClient } from "./clients.js";
import { reflect } from "./grpc-schemas.js";
import { serviceName } from "./proto-messages.js";
import { serveModel } from "./serve-model.js";
import { linear } from "./served-models.js";

describe("gRPC reflection", () => {
  let server: StartedServer;
  let client: Client;

  before(async () => {
    server = await serveModel({ model: linear() });
    client = rawGrpcClient(server.port);
  });

  after(async () => {
    client.close();
    await server[Symbol.asyncDispose]();
  });

  test("lists the services", async () => {
    const { list_services_response: list } = await reflect(client, { list_services: "" });
    assert.ok(list?.service.some(({ name }) => name === serviceName));
  });

  test("gives a schema that is enough to call the service", async () => {
    const { file_descriptor_response: files } = await reflect(client, {
      file_containing_symbol: serviceName,
    });
    // A FileDescriptorSet is a list of these, in field 1.
    const set = Buffer.concat((files?.file_descriptor_proto ?? []).map((file) => bytesField(1, file)));
    const service = loadFileDescriptorSetFromBuffer(set, { keepCase: true })[
      serviceName
    ] as ServiceDefinition;
    assert.deepEqual(Object.keys(service), ["inference", "debug"]);
    const { inference } = service;
    assert.ok(inference);
    const request = { tensor: [{ name: "x", elem_type: 1, shape: [1, 3], float_data: [1, 2, 3] }] };
    const reply = await new Promise<object>((resolve, reject) => {
      const { path, requestSerialize, responseDeserialize } = inference;
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, answer) =>
        error ? reject(error) : resolve(answer as object),
      );
    });
    assert.deepEqual(Reflect.get(reply, "outputs"), [
      {
        engine_name: "model",
        tensor: [{ name: "y", alias_name: "y", elem_type: 1, shape: [1, 1], float_data: [14.5] }],
      },
    ]);
  });

  test("says of a symbol nobody knows that there is none", async () => {
    const { error_response: failure } = await reflect(client, { file_containing_symbol: "no.such.Service" });
    assert.match(failure?.error_message ?? "", /no\.such\.Service/);
  });
});
