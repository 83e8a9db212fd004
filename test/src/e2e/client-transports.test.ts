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
  resolveSecurity,
} from "@paddlewheel/client";
import { Code } from "@paddlewheel/core";
import { TestAuthority } from "@paddlewheel/server/testing";
import type { StartedServer } from "../harness/start-server.js";
import { failureOf, firstElement, modelCall, nameOf, ways } from "./client-ways.js";
import { encodeRequest, serviceName } from "./proto-messages.js";
import { serveModel } from "./serve-model.js";
import { slowModel, slowRequest } from "./slow-model.js";

const token = "canary-0123456789abcdef";
const quick = 0;
/** Rounds that take some hundred milliseconds; nothing stops them. */
const slow = 40_000;

const notImplemented = (path: string): string => `The server does not implement the method /${path}`;

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
          ids.map((id) => callHost(transport, modelCall({ message: encodeRequest(slowRequest(quick, id)) }))),
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
            const answer = await callHost(transport, modelCall({ compressType, message }));
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
        const wrongBytes = Buffer.from("\xff\xff\xff\xff", "latin1");
        const failures = [
          await failureOf(transport, { message: wrongName }),
          await failureOf(transport, { message: wrongBytes }),
          await failureOf(transport, { method: "nope" }),
          await failureOf(transport, { service: "no.such.Service" }),
        ].map(({ code, message }) => [code, message]);
        const isBaiduStd = way.protocol === "baidu_std";
        assert.deepEqual(failures, [
          [
            Code.invalidArgument,
            'tensor "nope": the model of engine "model" has no feed of that name, it has "x", "rounds"',
          ],
          [Code.malformedRequest, "Request: the varint at byte 0 is cut off"],
          [Code.methodNotFound, notImplemented(`${serviceName}/nope`)],
          [
            isBaiduStd ? Code.methodNotFound : Code.serviceNotFound,
            notImplemented("no.such.Service/inference"),
          ],
        ]);
      });

      test("ends a call at its deadline, and goes on", async () => {
        const message = encodeRequest(slowRequest(slow, 1));
        const failure = await failureOf(transport, { message, timeoutMs: 50 });
        assert.equal(failure.code, Code.deadlineExceeded);
        assert.equal(firstElement((await callHost(transport, modelCall())).message), 1);
      });

      test("tells the server the ids and headers of a call", async () => {
        const requestId = `id-${nameOf(way).replaceAll(/[^a-z0-9]/g, "-")}`;
        const headers = new Map([["x-paddlewheel-trace", "1"]]);
        const answer = await callHost(transport, modelCall({ logId: 77n, requestId, headers }));
        assert.ok(answer.headers.get("x-paddlewheel-trace"), "a trace was asked for");
        await server.command.waitFor("stdout", new RegExp(`"requestId":"${requestId}"`));
      });

      test("is let in by its token only", async () => {
        for (const wrong of [undefined, `${token}x`]) {
          const security = resolveSecurity(undefined, wrong);
          const stranger = createHostTransport(way.protocol, { address: server.address, security, ...way });
          assert.equal((await failureOf(stranger, {})).code, Code.unauthenticated);
          stranger.close();
        }
      });

      test("ends what is under way when it is closed", async () => {
        const security = resolveSecurity(undefined, token);
        const other = createHostTransport(way.protocol, { address: server.address, security, ...way });
        const outcome = new Promise<AttemptOutcome>((resolve) => {
          other.start(modelCall(), resolve);
        });
        other.close();
        const ended = await outcome;
        assert.ok("error" in ended && ended.error.code === Code.cancelled);
      });

      test("says that nothing was sent to a server that is not there", async () => {
        const nobody = createHostTransport(way.protocol, { address: "127.0.0.1:1", ...way });
        const outcome = await new Promise<AttemptOutcome>((resolve) => {
          nobody.start(modelCall(), resolve);
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
        const answers = await Promise.all(Array.from({ length: 4 }, () => engine.call(modelCall())));
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
      assert.equal(firstElement((await callHost(trusting, modelCall())).message), 1);
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
