import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import {
  type AttemptOutcome,
  CompressType,
  callHost,
  createCallEngine,
  createCluster,
  createHostTransport,
  type HostTransport,
  type HostTransportOptions,
  type OutgoingCall,
  resolveSecurity,
  type TransportProtocol,
} from "@paddlewheel/client";
import { Code, ServeError } from "@paddlewheel/core";
import { TestAuthority } from "@paddlewheel/server/testing";
import type { StartedServer } from "../harness/start-server.js";
import { decodeResponse, encodeRequest, serviceName } from "./proto-messages.js";
import { serveModel } from "./serve-model.js";
import { slowModel, slowRequest } from "./slow-model.js";

interface Way extends Pick<HostTransportOptions, "connectionType" | "connectionCount"> {
  readonly protocol: TransportProtocol;
  readonly packs: readonly CompressType[];
}

const { none, snappy, gzip, zlib } = CompressType;

/** Every protocol with every way it shares connections. */
const ways: readonly Way[] = [
  { protocol: "baidu_std", connectionType: "single", packs: [none, snappy, gzip, zlib] },
  { protocol: "baidu_std", connectionType: "single", connectionCount: 3, packs: [none, snappy, gzip, zlib] },
  { protocol: "baidu_std", connectionType: "pooled", packs: [none, snappy, gzip, zlib] },
  { protocol: "baidu_std", connectionType: "short", packs: [none, snappy, gzip, zlib] },
  { protocol: "http", connectionType: "pooled", packs: [none, gzip] },
  { protocol: "http:proto", connectionType: "short", packs: [none, gzip] },
  { protocol: "h2:grpc", packs: [none, gzip, zlib] },
  { protocol: "grpc", connectionType: "single", connectionCount: 3, packs: [none, gzip, zlib] },
];

const token = "canary-0123456789abcdef";
const quick = 0;
/** Rounds that take some hundred milliseconds; nothing stops them. */
const slow = 40_000;

function call(given: Partial<OutgoingCall> = {}): OutgoingCall {
  return {
    service: serviceName,
    method: "inference",
    message: encodeRequest(slowRequest(quick, 1)),
    compressType: none,
    timeoutMs: 30_000,
    logId: 0n,
    ...given,
  };
}

function firstElement(message: Uint8Array): number | string | undefined {
  return decodeResponse(Buffer.from(message)).outputs[0]?.tensor[0]?.float_data[0];
}

async function failureOf(transport: HostTransport, given: Partial<OutgoingCall>): Promise<ServeError> {
  const thrown: unknown = await callHost(transport, call(given)).then(
    () => assert.fail("it must fail"),
    (error) => error,
  );
  assert.ok(thrown instanceof ServeError);
  return thrown;
}

const nameOf = ({ protocol, connectionType, connectionCount = 1 }: Way): string =>
  [protocol, connectionType ?? "", connectionCount > 1 ? `× ${connectionCount}` : ""].join(" ").trimEnd();

describe("the client's transports, with a server with tokens", () => {
  let server: StartedServer;
  before(async () => {
    const env = { PADDLEWHEEL_AUTH_TOKENS: token };
    server = await serveModel({ model: slowModel(), engine: "runtime_thread_num: 1" }, [], { env });
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
  });

  for (const way of ways) {
    describe(nameOf(way), () => {
      let transport: HostTransport;
      before(() => {
        const security = resolveSecurity(undefined, token);
        transport = createHostTransport(way.protocol, { address: server.address, security, ...way });
      });
      after(() => transport.close());

      test("brings each of many calls at once its own answer", async () => {
        const ids = Array.from({ length: 64 }, (_, i) => i + 1);
        const answers = await Promise.all(
          ids.map((id) => callHost(transport, call({ message: encodeRequest(slowRequest(quick, id)) }))),
        );
        assert.deepEqual(
          answers.map(({ message }) => firstElement(message)),
          ids,
        );
      });

      test("packs messages by each type it has, and refuses the others", async () => {
        for (const compressType of Object.values(CompressType)) {
          const message = encodeRequest(slowRequest(quick, compressType + 1));
          if (way.packs.includes(compressType)) {
            const answer = await callHost(transport, call({ compressType, message }));
            assert.equal(firstElement(answer.message), compressType + 1);
          } else {
            const { code, message: text } = await failureOf(transport, { compressType, message });
            assert.equal(code, Code.invalidArgument);
            assert.match(text, /^compress type (snappy|zlib): /);
          }
        }
      });

      test("gives errors the server's code and words", async () => {
        const wrongName = encodeRequest({
          tensor: [{ name: "nope", elem_type: 1, shape: [1], float_data: [1] }],
        });
        const failure = await failureOf(transport, { message: wrongName });
        assert.equal(failure.code, Code.invalidArgument);
        assert.match(failure.message, /"?nope"?/);
        assert.ok(!failure.message.includes(server.address), failure.message);
        const bytes = Buffer.from("\xff\xff\xff\xff", "latin1");
        assert.equal((await failureOf(transport, { message: bytes })).code, Code.malformedRequest);
        assert.equal((await failureOf(transport, { method: "nope" })).code, Code.methodNotFound);
        const { code } = await failureOf(transport, { service: "no.such.Service" });
        const isBaiduStd = way.protocol === "baidu_std";
        assert.equal(code, isBaiduStd ? Code.methodNotFound : Code.serviceNotFound);
      });

      test("ends a call at its deadline, and goes on", async () => {
        const message = encodeRequest(slowRequest(slow, 1));
        const failure = await failureOf(transport, { message, timeoutMs: 50 });
        assert.equal(failure.code, Code.deadlineExceeded);
        assert.equal(firstElement((await callHost(transport, call())).message), 1);
      });

      test("tells the server the ids and headers of a call", async () => {
        const requestId = `id-${nameOf(way).replaceAll(/[^a-z0-9]/g, "-")}`;
        const headers = new Map([["x-paddlewheel-trace", "1"]]);
        const answer = await callHost(transport, call({ logId: 77n, requestId, headers }));
        assert.ok(answer.headers.get("x-paddlewheel-trace"), "a trace was asked for");
        await server.command.waitFor("stdout", new RegExp(`"requestId":"${requestId}"`));
      });

      test("is let in by its token only", async () => {
        const stranger = createHostTransport(way.protocol, { address: server.address, ...way });
        assert.equal((await failureOf(stranger, {})).code, Code.unauthenticated);
        stranger.close();
      });

      test("ends what is under way when it is closed", async () => {
        const security = resolveSecurity(undefined, token);
        const other = createHostTransport(way.protocol, { address: server.address, security, ...way });
        const outcome = new Promise<AttemptOutcome>((resolve) => {
          other.start(call(), resolve);
        });
        other.close();
        const ended = await outcome;
        assert.ok("error" in ended && ended.error.code === Code.cancelled);
      });

      test("says that nothing was sent to a server that is not there", async () => {
        const nobody = createHostTransport(way.protocol, { address: "127.0.0.1:1", ...way });
        const outcome = await new Promise<AttemptOutcome>((resolve) => {
          nobody.start(call(), resolve);
        });
        nobody.close();
        assert.ok("error" in outcome);
        assert.deepEqual([outcome.error.code, outcome.stage], [Code.unavailable, "unsent"]);
        assert.match(outcome.error.message, /^cannot call 127\.0\.0\.1:1: /);
      });

      test("is what a call engine calls a cluster by, and goes round a server that is not there", async () => {
        const cluster = createCluster({ naming: `list://127.0.0.1:1,${server.address}` });
        await cluster.ready();
        const security = resolveSecurity(undefined, token);
        const engine = createCallEngine({
          cluster,
          connect: (address) => createHostTransport(way.protocol, { address, security, ...way }),
        });
        const answers = await Promise.all(Array.from({ length: 4 }, () => engine.call(call())));
        for (const { host, message } of answers) {
          assert.deepEqual([host, firstElement(message)], [server.address, 1]);
        }
        engine.close();
        cluster.close();
      });
    });
  }
});

describe("the client's transports over TLS", () => {
  for (const way of ways) {
    test(`${nameOf(way)} trusts the authority it was given, and nobody else`, async () => {
      const { server, ca } = await tls;
      const trusting = createHostTransport(way.protocol, {
        address: server.address,
        security: resolveSecurity({ ca }, undefined),
        ...way,
      });
      assert.equal(firstElement((await callHost(trusting, call())).message), 1);
      trusting.close();
      const wary = createHostTransport(way.protocol, {
        address: server.address,
        security: resolveSecurity({}, undefined),
        ...way,
      });
      const { code, message } = await failureOf(wary, {});
      assert.equal(code, Code.unavailable);
      assert.equal(message, `cannot call ${server.address}: unable to verify the first certificate`);
      wary.close();
    });
  }

  let tls: Promise<{ readonly server: StartedServer; readonly ca: string }>;
  const authority = new TestAuthority();
  before(async () => {
    const { certFile, keyFile } = authority.issue({ name: "server" });
    const flags = ["--tls_cert", certFile, "--tls_key", keyFile];
    const ca = readFileSync(authority.caFile, "utf8");
    tls = serveModel({ model: slowModel() }, flags).then((server) => ({ server, ca }));
    await tls;
  });
  after(async () => {
    await (await tls).server[Symbol.asyncDispose]();
    authority[Symbol.dispose]();
  });
});
