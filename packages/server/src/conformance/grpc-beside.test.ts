import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { Client, type ClientReadableStream, credentials, type ServiceError, status } from "@grpc/grpc-js";
import { fromJSON, type MethodDefinition, type ServiceDefinition } from "@grpc/proto-loader";
import { generalModelServiceDescriptor, generalModelServiceName } from "@paddlewheel/wire";
import { TestServer, textService } from "./test-server.js";

// What gRPC offers beside the services: health and reflection, the same on both servers.

const string = (id: number) => ({ type: "string", id });
const definitions = fromJSON(
  {
    nested: {
      Check: { fields: { service: string(1) } },
      Status: {
        fields: { status: { type: "Serving", id: 1 } },
        nested: { Serving: { values: { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } } },
      },
      Query: {
        oneofs: { query: { oneof: ["file", "symbol", "list", "extensions"] } },
        fields: {
          host: string(1),
          file: string(3),
          symbol: string(4),
          extensions: string(6),
          list: string(7),
        },
      },
      Reply: {
        fields: {
          host: string(1),
          query: { type: "Query", id: 2 },
          files: { type: "Files", id: 4 },
          services: { type: "Services", id: 6 },
          error: { type: "Failure", id: 7 },
        },
      },
      Files: { fields: { file: { rule: "repeated", type: "bytes", id: 1 } } },
      Services: { fields: { service: { rule: "repeated", type: "Named", id: 1 } } },
      Named: { fields: { name: string(1) } },
      Failure: { fields: { code: { type: "int32", id: 1 }, message: string(2) } },
      Messages: {
        methods: {
          health: { requestType: "Check", responseType: "Status", comment: "" },
          reflection: { requestType: "Query", responseType: "Reply", comment: "" },
        },
      },
    },
  },
  { keepCase: true, enums: String, defaults: false },
);
const { health, reflection } = definitions.Messages as ServiceDefinition & {
  readonly health: MethodDefinition<object, { readonly status: string }>;
  readonly reflection: MethodDefinition<object, Readonly<Record<string, unknown>>>;
};

const plain = textService({ echo: (text) => text });
const described = { ...plain, name: generalModelServiceName, schema: generalModelServiceDescriptor };
const services = [plain, described];

for (const grpc of ["native", "grpc-js"] as const) {
  async function withClient(body: (client: Client, server: TestServer) => Promise<void>): Promise<void> {
    await using server = await new TestServer(services, {}, { grpc }).start();
    const client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
    try {
      await body(client, server);
    } finally {
      client.close();
    }
  }

  describe(`grpc.health.v1 on ${grpc}`, () => {
    function check(client: Client, service: string): Promise<string> {
      const { requestSerialize, responseDeserialize } = health;
      return new Promise((resolve) => {
        const path = "/grpc.health.v1.Health/Check";
        const done = (error: ServiceError | null, reply?: { readonly status: string }): void =>
          resolve(error ? (status[error.code] ?? "") : (reply?.status ?? ""));
        client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { service }, done);
      });
    }

    function watch(client: Client, service: string): ClientReadableStream<{ readonly status: string }> {
      const { requestSerialize, responseDeserialize } = health;
      const path = "/grpc.health.v1.Health/Watch";
      const stream = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, { service });
      return stream.on("error", () => {});
    }

    test("Check tells of the server and of each service", () =>
      withClient(async (client, server) => {
        const ask = () => Promise.all(["", "test.Echo", "test.Nope"].map((name) => check(client, name)));
        assert.deepEqual(await ask(), ["NOT_SERVING", "NOT_SERVING", "NOT_FOUND"]);
        server.grpc.setServing(true);
        assert.deepEqual(await ask(), ["SERVING", "SERVING", "NOT_FOUND"]);
      }));

    test("Watch tells what is, and every change", () =>
      withClient(async (client, server) => {
        const statuses = watch(client, "test.Echo")[Symbol.asyncIterator]();
        const next = async () => (await statuses.next()).value.status;
        assert.equal(await next(), "NOT_SERVING");
        for (const isServing of [true, false, true]) {
          server.grpc.setServing(isServing);
          assert.equal(await next(), isServing ? "SERVING" : "NOT_SERVING");
        }
      }));

    test("Watch of a service that is not there waits for it", () =>
      withClient(async (client) => {
        const [first] = await once(watch(client, "test.Nope"), "data");
        assert.equal(first.status, "SERVICE_UNKNOWN");
      }));
  });

  describe(`gRPC reflection on ${grpc}`, () => {
    /** Sends the queries one after the other, and gives what came for each. */
    async function ask(client: Client, version: string, queries: readonly object[]): Promise<object[]> {
      const { requestSerialize, responseDeserialize } = reflection;
      const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
      const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
      for (const query of queries) stream.write(query);
      stream.end();
      const replies = [];
      for await (const reply of stream) replies.push(reply as object);
      return replies;
    }

    for (const version of ["v1", "v1alpha"]) {
      test(`${version} answers each query, in order`, () =>
        withClient(async (client) => {
          const symbol = `${generalModelServiceName}.inference`;
          const queries = [
            { host: "h", list: "*" },
            { symbol },
            { symbol: "no.such.Thing" },
            { extensions: "x.Y" },
          ];
          const [list, found, ...missing] = (await ask(client, version, queries)) as {
            readonly host: string;
            readonly query: object;
            readonly services: object;
            readonly files: { readonly file: readonly Buffer[] };
            readonly error: { readonly code: number };
          }[];
          assert.deepEqual(list, {
            host: "h",
            query: queries[0],
            services: { service: [{ name: generalModelServiceName }] },
          });
          const [file, ...others] = found?.files.file ?? [];
          assert.ok(file?.includes("GeneralModelService"));
          assert.deepEqual(others, []);
          assert.deepEqual(
            missing.map(({ error }) => error.code),
            [status.NOT_FOUND, status.NOT_FOUND],
          );
        }));
    }
  });
}
