import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorCode } from "../frame/error-code.js";
import { connectionPreface, FrameFlag, FrameType } from "../frame/frame-type.js";
import { rawFrame } from "../testing/raw-frame.js";
import { data, ping, requestHeaders, settings, TestPeer, toFields } from "../testing/test-peer.js";
import type { ServerStream } from "./stream-handler.js";

const ok = toFields([[":status", "200"]]);
const trailers = toFields([["grpc-status", "0"]]);

function echo(stream: ServerStream, body: Buffer): void {
  stream.respond(ok, body, trailers);
}

describe("the start of a connection", () => {
  test("is our SETTINGS and the window of the connection", () => {
    const peer = new TestPeer({ limits: { maxConcurrentStreams: 7, streamWindowSize: 65_536 } });
    const payload = ["000300000007", "000400010000", "000500004000", "000600004000"].join("");
    assert.deepEqual(peer.take(), [`SETTINGS ${payload}`, `WINDOW_UPDATE 0 ${16 * 1024 * 1024 - 65_535}`]);
  });

  test("takes the preface in any pieces, together with what follows", () => {
    const bytes = Buffer.concat([connectionPreface, rawFrame(settings()), rawFrame(ping())]);
    for (const cut of [1, 5, 24, 30, bytes.length]) {
      const peer = new TestPeer();
      for (let at = 0; at < bytes.length; at += cut) peer.sendBytes(bytes.subarray(at, at + cut));
      assert.deepEqual(peer.take().slice(2), ["SETTINGS ACK", "PING 12345678 ACK"]);
    }
  });

  test("refuses another protocol at its first wrong byte", () => {
    const peer = new TestPeer();
    peer.sendBytes(Buffer.from("PRI * HTTP/1"));
    assert.deepEqual(peer.errors, [
      { code: ErrorCode.protocolError, message: "this is not the preface of HTTP/2", streamId: 0 },
    ]);
    assert.ok(peer.isClosed);
    assert.deepEqual(peer.take().slice(2), ["GOAWAY 0 protocolError"]);
  });

  test("reads nothing after its end", () => {
    const peer = TestPeer.connected();
    peer.send(peer.headers(2), ping());
    peer.send(ping());
    assert.deepEqual(peer.take(), ["GOAWAY 0 protocolError"]);
  });
});

describe("a request", () => {
  test("comes to the handler with its headers, its body and its end", () => {
    const peer = TestPeer.connected();
    peer.send(peer.headers(1), data(1, "hello"), data(1, " there", true));
    assert.deepEqual(peer.handler.take(), ["1 headers /service/Method", "1 data 5", "1 data 6", "1 end"]);
  });

  test("may have no body", () => {
    const peer = TestPeer.connected();
    peer.send(peer.headers(1, requestHeaders, true));
    assert.deepEqual(peer.handler.take(), ["1 headers /service/Method", "1 end"]);
  });

  test("may end with trailers", () => {
    const peer = TestPeer.connected();
    peer.send(peer.headers(1), data(1, "hello"), peer.headers(1, [["checksum", "1"]], true));
    assert.deepEqual(peer.handler.take(), ["1 headers /service/Method", "1 data 5", "1 end"]);
  });

  test("gives the same field list for the same header block", () => {
    const lists: unknown[] = [];
    const peer = TestPeer.connected({
      handler: {
        onHeaders(_stream, fields): undefined {
          lists.push(fields);
        },
      },
    });
    for (const id of [1, 3, 5, 7]) peer.request(id, "");
    assert.equal(lists.length, 4);
    assert.equal(lists[3], lists[2]);
  });

  test("is answered in one go, and the stream is gone", () => {
    const peer = TestPeer.connected();
    peer.handler.answer = echo;
    peer.request(1, "hello");
    assert.deepEqual(peer.take(), ["HEADERS 1 :status=200", "DATA 1 hello", "HEADERS 1 grpc-status=0 END"]);
    assert.equal(peer.connection.streamCount, 0);
    assert.ok(peer.handler.stream(1).isClosed);
  });

  test("is answered later, out of order, and says once that there is output", () => {
    const peer = TestPeer.connected();
    peer.request(1, "a");
    peer.request(3, "b");
    peer.outputCount = 0;
    peer.handler.stream(3).respond(ok, Buffer.from("3"), trailers);
    peer.handler.stream(1).respond(ok, Buffer.from("1"), trailers);
    assert.equal(peer.outputCount, 1);
    assert.deepEqual(
      peer.take().filter((line) => line.startsWith("DATA")),
      ["DATA 3 3", "DATA 1 1"],
    );
    peer.send(ping());
    assert.equal(peer.outputCount, 2);
  });

  test("is answered in parts", () => {
    const peer = TestPeer.connected();
    peer.request(1, "");
    const stream = peer.handler.stream(1);
    stream.sendHeaders(ok);
    assert.equal(stream.sendData(Buffer.from("one")), true);
    assert.equal(stream.sendData(Buffer.from("two"), true), true);
    stream.sendData(Buffer.from("late"));
    stream.sendTrailers(trailers);
    stream.reset(ErrorCode.cancel);
    assert.deepEqual(peer.take(), ["HEADERS 1 :status=200", "DATA 1 one", "DATA 1 two END"]);
  });

  test("answered before its end is refused the rest, which is thrown away when it comes", () => {
    const peer = TestPeer.connected();
    peer.request(1);
    peer.send(data(1, "half"));
    peer.handler.stream(1).sendHeaders(ok, true);
    peer.send(data(1, "other half"), peer.headers(1, [["late", "1"]], true));
    assert.deepEqual(peer.take(), ["HEADERS 1 :status=200 END", "RST_STREAM 1 noError"]);
    assert.deepEqual(peer.handler.take(), ["1 headers /service/Method", "1 data 4"]);
    assert.deepEqual(peer.errors, []);
  });

  test("answered at its headers, with its end in the same frame, is not refused anything", () => {
    const peer = TestPeer.connected({
      handler: {
        onHeaders(stream): undefined {
          stream.sendHeaders(ok, true);
        },
      },
    });
    peer.send(peer.headers(1, requestHeaders, true));
    assert.deepEqual(peer.take(), ["HEADERS 1 :status=200 END"]);
  });

  test("without a receiver has its body thrown away", () => {
    const peer = TestPeer.connected({ handler: { onHeaders: (): undefined => undefined } });
    peer.request(1, "nobody reads this");
    assert.equal(peer.connection.streamCount, 1);
    assert.deepEqual(peer.take(), []);
  });

  test("reset by the handler is not answered", () => {
    const peer = TestPeer.connected();
    peer.request(1);
    peer.handler.stream(1).reset(ErrorCode.internalError);
    peer.send(data(1, "late", true));
    assert.deepEqual(peer.take(), ["RST_STREAM 1 internalError"]);
    assert.deepEqual(peer.handler.take(), ["1 headers /service/Method"]);
  });

  test("reset by the peer is told to the receiver, and nothing is sent any more", () => {
    const peer = TestPeer.connected();
    peer.request(1);
    peer.send({ type: FrameType.rstStream, streamId: 1, payload: [0, 0, 0, 8] });
    const stream = peer.handler.stream(1);
    assert.ok(stream.isClosed);
    stream.respond(ok, Buffer.from("late"), trailers);
    assert.deepEqual(peer.take(), []);
    assert.deepEqual(peer.handler.take(), ["1 headers /service/Method", "1 reset cancel"]);
  });

  test("whose handler throws ends the connection and is reported", () => {
    const peer = TestPeer.connected();
    const fault = new Error("broken handler");
    peer.handler.answer = (): void => {
      throw fault;
    };
    peer.request(1, "");
    assert.deepEqual(peer.faults, [fault]);
    assert.deepEqual(peer.take(), ["GOAWAY 1 internalError"]);
    assert.ok(peer.isClosed);
  });

  test("whose answer cannot be encoded leaves the handler the choice", () => {
    const peer = TestPeer.connected();
    peer.request(1, "");
    const stream = peer.handler.stream(1);
    assert.throws(() => stream.respond(toFields([["x", "\u4e16"]]), Buffer.from("x"), trailers));
    stream.sendHeaders(ok, true);
    assert.deepEqual(peer.take(), ["HEADERS 1 :status=200 END"]);
  });
});

describe("an answer whose trailers cannot be encoded", () => {
  test("costs its stream: its beginning has left", () => {
    const peer = TestPeer.connected();
    peer.request(1, "");
    const stream = peer.handler.stream(1);
    assert.throws(() => stream.respond(ok, Buffer.from("x"), toFields([["x", "\u4e16"]])));
    assert.deepEqual(peer.take(), ["HEADERS 1 :status=200", "DATA 1 x", "RST_STREAM 1 internalError"]);
    assert.equal(peer.connection.streamCount, 0);
  });
});

describe("control frames", () => {
  test("PING is answered with its bytes, and an answer is not", () => {
    const peer = TestPeer.connected();
    peer.send(ping("abcdefgh"), ping("unasked!", true));
    assert.deepEqual(peer.take(), ["PING abcdefgh ACK"]);
  });

  test("SETTINGS are acknowledged", () => {
    const peer = TestPeer.connected();
    peer.send(settings([3, 1], [6, 1], [0x99, 7]));
    assert.deepEqual(peer.take(), ["SETTINGS ACK"]);
  });

  test("SETTINGS out of range end the connection", () => {
    const peer = TestPeer.connected();
    peer.send(settings([5, 100]));
    assert.deepEqual(peer.take(), ["GOAWAY 0 protocolError"]);
  });

  test("the peer's table size is kept to", () => {
    const peer = TestPeer.connected();
    peer.send(settings([1, 0]));
    peer.request(1, "");
    peer.handler.stream(1).sendHeaders(
      toFields([
        [":status", "200"],
        ["x", "y"],
      ]),
      true,
    );
    const [, headers] = peer.take();
    assert.equal(headers, "HEADERS 1 :status=200 x=y END");
  });

  test("PRIORITY and frames of unknown types are passed over, on idle streams too", () => {
    const peer = TestPeer.connected();
    peer.send(
      { type: FrameType.priority, streamId: 9, payload: [0, 0, 0, 9, 0] },
      { type: 0x42, flags: 0xff, streamId: 11, payload: [1, 2, 3] },
    );
    peer.request(9, "");
    assert.deepEqual(peer.take(), []);
    assert.deepEqual(peer.handler.take(), ["9 headers /service/Method", "9 end"]);
  });

  test("a broken header block ends the connection", () => {
    const peer = TestPeer.connected();
    peer.send({ type: FrameType.headers, flags: FrameFlag.endHeaders, streamId: 1, payload: [0x80] });
    assert.deepEqual(peer.take(), ["GOAWAY 0 compressionError"]);
  });

  test("the end of a connection is told to every receiver once", () => {
    const peer = TestPeer.connected();
    peer.request(1);
    peer.request(3, "");
    peer.handler.take();
    peer.send({ type: FrameType.ping, payload: [1] });
    peer.connection.abort();
    assert.deepEqual(peer.handler.take(), ["1 reset frameSizeError", "3 reset frameSizeError"]);
    assert.deepEqual(peer.take(), ["GOAWAY 3 frameSizeError"]);
  });

  test("the end of a connection is told to all receivers though one of them throws", () => {
    const fault = new Error("broken receiver");
    const codes: number[] = [];
    const peer = TestPeer.connected({
      handler: {
        onHeaders: (stream) => ({
          onData: (): void => {},
          onEnd: (): void => {},
          onReset(code): void {
            if (stream.id === 1) throw fault;
            codes.push(code);
          },
        }),
      },
    });
    for (const id of [1, 3, 5]) peer.request(id);
    peer.connection.close(ErrorCode.enhanceYourCalm);
    assert.deepEqual(peer.faults, [fault]);
    assert.deepEqual(codes, [ErrorCode.enhanceYourCalm, ErrorCode.enhanceYourCalm]);
    assert.equal(peer.connection.streamCount, 0);
  });

  test("a socket that is gone resets what is open and leaves nothing to write", () => {
    const peer = TestPeer.connected();
    peer.request(1);
    peer.send(ping());
    peer.connection.abort();
    assert.deepEqual(peer.handler.take(), ["1 headers /service/Method", "1 reset cancel"]);
    assert.deepEqual(peer.take(), []);
    assert.ok(peer.isClosed);
  });
});
