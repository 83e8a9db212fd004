import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  Client,
  type ClientUnaryCall,
  compressionAlgorithms,
  credentials,
  Metadata,
  type StatusObject,
  status,
} from "@grpc/grpc-js";
import {
  type Call,
  Code,
  defineMethod,
  type MessageCodec,
  type RpcService,
  ServeError,
} from "@paddlewheel/core";
import { TestServer } from "./test-server.js";

// The cases of gRPC's interop-test-descriptions.md for unary calls, with a client of @grpc/grpc-js, over both servers.

const asIs = (bytes: Buffer): Buffer => bytes;
const bytesCodec: MessageCodec<Uint8Array> = {
  typeName: "test.Bytes",
  decode: (bytes) => bytes,
  encode: (bytes) => bytes,
  decodeJson: (text) => Buffer.from(text),
  encodeJson: (bytes) => Buffer.from(bytes).toString(),
};

const specialText = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n";
const responseSize = 314_159;

type Handle = (request: Uint8Array, call: Call) => Uint8Array | Promise<Uint8Array>;

/** Cancelled calls tell it. */
let whenCancelled: (reason: ServeError) => void = () => {};

const handlers: Readonly<Record<string, Handle>> = {
  empty: () => new Uint8Array(0),
  large: (request) => Buffer.alloc(responseSize, request.length % 251),
  fail: (request) => {
    throw new ServeError(Code.notFound, Buffer.from(request).toString());
  },
  special: () => {
    throw new ServeError(Code.notFound, specialText);
  },
  ids: (_request, call) => Buffer.from(`${call.requestId} ${call.logId}`),
  sleep: (_request, call) =>
    new Promise((_resolve, reject) =>
      call.onStop((reason) => {
        whenCancelled(reason);
        reject(reason);
      }),
    ),
};

const service: RpcService = {
  name: "grpc.testing.TestService",
  methods: Object.entries(handlers).map(([name, handle]) =>
    defineMethod<Uint8Array, Uint8Array>({ name, request: bytesCodec, response: bytesCodec, handle }),
  ),
};

interface Outcome {
  readonly status: string;
  readonly text: string;
  readonly body: Buffer | undefined;
}

interface CallOptions {
  readonly path?: string;
  readonly body?: Uint8Array;
  readonly metadata?: Metadata;
  readonly deadlineMs?: number;
  readonly onBegun?: (call: ClientUnaryCall) => void;
}

function unary(client: Client, method: string, options: CallOptions = {}): Promise<Outcome> {
  const { path = `/grpc.testing.TestService/${method}`, body = new Uint8Array(0) } = options;
  const { metadata = new Metadata(), deadlineMs = 20_000, onBegun } = options;
  return new Promise((resolve) => {
    let answer: Buffer | undefined;
    const call = client.makeUnaryRequest(
      path,
      asIs,
      asIs,
      Buffer.from(body),
      metadata,
      { deadline: Date.now() + deadlineMs },
      (_error, reply) => {
        answer = reply;
      },
    );
    call.on("status", ({ code, details }: StatusObject) =>
      resolve({ status: status[code] ?? "", text: details, body: answer }),
    );
    onBegun?.(call);
  });
}

for (const grpc of ["native", "grpc-js"] as const) {
  describe(`gRPC's interop cases on ${grpc}`, () => {
    async function withClient(
      body: (client: Client) => Promise<void>,
      options: Readonly<Record<string, number>> = {},
    ): Promise<void> {
      await using server = await new TestServer([service], {}, { grpc }).start();
      const client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure(), {
        "grpc.max_receive_message_length": -1,
        ...options,
      });
      try {
        await body(client);
      } finally {
        client.close();
      }
    }

    test("empty_unary", () =>
      withClient(async (client) => {
        const { status, body } = await unary(client, "empty");
        assert.deepEqual([status, body?.length], ["OK", 0]);
      }));

    test("large_unary", () =>
      withClient(async (client) => {
        const { status, body } = await unary(client, "large", { body: Buffer.alloc(271_828) });
        assert.equal(status, "OK");
        assert.ok(body?.equals(Buffer.alloc(responseSize, 271_828 % 251)));
      }));

    test("client_compressed_unary and server_compressed_unary", () =>
      withClient(
        async (client) => {
          const { status, body } = await unary(client, "large", { body: Buffer.alloc(271_828) });
          assert.equal(status, "OK");
          assert.ok(body?.equals(Buffer.alloc(responseSize, 271_828 % 251)));
        },
        { "grpc.default_compression_algorithm": compressionAlgorithms.gzip },
      ));

    test("status_code_and_message", () =>
      withClient(async (client) => {
        const { status, text } = await unary(client, "fail", { body: Buffer.from("test status message") });
        assert.deepEqual([status, text], ["NOT_FOUND", "test status message"]);
      }));

    test("special_status_message, but for its controls, which no answer of ours holds", () =>
      withClient(async (client) => {
        const { status, text } = await unary(client, "special");
        assert.deepEqual([status, text], ["NOT_FOUND", specialText.replaceAll(/[\t\r\n]/g, "?")]);
      }));

    test("custom_metadata: what is sent to a call arrives", () =>
      withClient(async (client) => {
        const metadata = new Metadata();
        metadata.set("x-request-id", "test_initial_metadata_value");
        metadata.set("log-id", "12");
        metadata.set("x-grpc-test-echo-trailing-bin", Buffer.from("ababab", "hex"));
        const { body } = await unary(client, "ids", { metadata });
        assert.equal(body?.toString(), "test_initial_metadata_value 12");
      }));

    test("unimplemented_method", () =>
      withClient(async (client) => {
        const { status, text } = await unary(client, "nope");
        const expected = "The server does not implement the method /grpc.testing.TestService/nope";
        assert.deepEqual([status, text], ["UNIMPLEMENTED", expected]);
      }));

    test("unimplemented_service", () =>
      withClient(async (client) => {
        const { status } = await unary(client, "nope", { path: "/grpc.testing.UnimplementedService/nope" });
        assert.equal(status, "UNIMPLEMENTED");
      }));

    test("cancel_after_begin", () =>
      withClient(async (client) => {
        const { status } = await unary(client, "sleep", { onBegun: (call) => call.cancel() });
        assert.equal(status, "CANCELLED");
      }));

    test("a call cancelled in its method is told so", () =>
      withClient(async (client) => {
        const cancelled = new Promise<ServeError>((resolve) => {
          whenCancelled = resolve;
        });
        let call: ClientUnaryCall | undefined;
        const outcome = unary(client, "sleep", {
          onBegun: (begun) => {
            call = begun;
          },
        });
        // An answer shows that the call before it has come.
        await unary(client, "empty");
        call?.cancel();
        assert.equal((await outcome).status, "CANCELLED");
        assert.equal((await cancelled).code, Code.cancelled);
      }));

    test("timeout_on_sleeping_server", () =>
      withClient(async (client) => {
        const { status } = await unary(client, "sleep", { deadlineMs: 50 });
        assert.equal(status, "DEADLINE_EXCEEDED");
      }));
  });
}
