import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { test } from "node:test";
import {
  encodeFrameHead,
  FrameCutter,
  MetaDecoder,
  type OutgoingMeta,
  type RpcMeta,
} from "@paddlewheel/wire";
import { BaiduStdConnection } from "./baidu-std-connection.js";

interface Request {
  readonly meta: RpcMeta;
  readonly payload: Uint8Array;
  answer(meta?: OutgoingMeta, payload?: Uint8Array): void;
  readonly socket: Socket;
}

interface Peer extends AsyncDisposable {
  readonly connection: BaiduStdConnection;
}

const success = { errorCode: 0, errorText: "" };

async function connectTo(onRequest: (request: Request) => void): Promise<Peer> {
  const server = createServer((socket) => serve(socket, onRequest)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const connection = await BaiduStdConnection.open({ port, service: "a.Service" });
  return {
    connection,
    async [Symbol.asyncDispose]() {
      connection.close();
      server.close();
      await once(server, "close");
    },
  };
}

function serve(socket: Socket, onRequest: (request: Request) => void): void {
  const metas = new MetaDecoder();
  const cutter = new FrameCutter({
    maxFrameSize: 2 ** 26,
    visitor: {
      onFrame(bytes, payload) {
        const meta = metas.decode(bytes);
        const { correlationId } = meta;
        const answer = (given: OutgoingMeta = {}, body = payload): void => {
          socket.write(encodeFrameHead({ response: success, correlationId, ...given }, body.length));
          socket.write(body);
        };
        onRequest({ meta, payload, answer, socket });
      },
      onUnreadableFrame: () => socket.destroy(),
      onOversizedFrame: () => socket.destroy(),
    },
  });
  socket.on("data", (piece: Buffer) => cutter.push(piece));
}

function call(connection: BaiduStdConnection, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    connection.call(Buffer.from(text), {
      onAnswer: (answer) => resolve(new TextDecoder().decode(answer)),
      onFailure: (reason) => reject(new Error(reason)),
    });
  });
}

test("a call names the service and its method, and brings the answer back", async () => {
  let meta: RpcMeta | undefined;
  await using peer = await connectTo((request) => {
    meta = request.meta;
    request.answer();
  });
  assert.equal(await call(peer.connection, "ab"), "ab");
  assert.equal(meta?.request?.serviceName, "a.Service");
  assert.equal(meta?.request?.methodName, "inference");
});

test("answers that come in another order go to their callers", async () => {
  const waiting: Request[] = [];
  await using peer = await connectTo((request) => {
    waiting.push(request);
    if (waiting.length === 3) for (const last of waiting.reverse()) last.answer();
  });
  const texts = ["first", "x".repeat(1_000_000), "third"];
  assert.deepEqual(await Promise.all(texts.map((text) => call(peer.connection, text))), texts);
});

test("an answer with an error, compressed or with an attachment is a failure, and later calls go on", async () => {
  const metas: readonly OutgoingMeta[] = [
    { response: { errorCode: 2001, errorText: "too much" } },
    { compressType: 1 },
    { attachmentSize: 1 },
    {},
  ];
  let at = 0;
  await using peer = await connectTo(({ answer }) => answer(metas[at++]));
  const reasons = [
    "error_code is 2001: too much",
    "the answer is compressed although none was asked for",
    "the answer has an attachment although none was asked for",
  ];
  for (const message of reasons) await assert.rejects(call(peer.connection, "a"), { message });
  assert.equal(await call(peer.connection, "good"), "good");
});

test("an answer that nobody waits for, also a second one, ends the connection", async () => {
  await using peer = await connectTo(({ answer, meta }) => {
    if (meta.correlationId === 1n) answer();
    answer({ correlationId: 1n });
  });
  const first = call(peer.connection, "a");
  const second = call(peer.connection, "b");
  assert.equal(await first, "a");
  await assert.rejects(second, { message: "an answer came for correlation id 1, which is not open" });
});

test("when the server goes away, calls in flight and later ones fail", async () => {
  await using peer = await connectTo(({ socket }) => socket.end());
  const message = "the server closed the connection";
  await assert.rejects(call(peer.connection, "a"), { message });
  await assert.rejects(call(peer.connection, "b"), { message });
});
