import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FrameFlag, FrameType } from "../frame/frame-type.js";
import {
  data,
  type HeaderPairs,
  requestHeaders,
  rstStream,
  TestPeer,
  toFields,
  windowUpdate,
} from "../testing/test-peer.js";

const ok = toFields([[":status", "200"]]);

/** The only error a peer was told of. */
function errorOf(peer: TestPeer): string | undefined {
  assert.equal(peer.errors.length, 1);
  return peer.errors[0]?.message;
}

function endedStream(): TestPeer {
  const peer = TestPeer.connected();
  peer.request(1, "");
  peer.handler.stream(1).sendHeaders(ok, true);
  peer.take();
  return peer;
}

describe("stream ids", () => {
  test("of clients are odd", () => {
    const peer = TestPeer.connected();
    peer.send(peer.headers(2));
    assert.deepEqual(peer.take(), ["GOAWAY 0 protocolError"]);
    assert.equal(errorOf(peer), "a client cannot open stream 2");
  });

  test("only grow", () => {
    const peer = TestPeer.connected();
    peer.request(5, "");
    peer.send(peer.headers(3));
    assert.deepEqual(peer.take(), ["GOAWAY 5 protocolError"]);
    assert.equal(errorOf(peer), "stream 3 is opened out of order");
  });

  test("that are idle take no frame but HEADERS and PRIORITY", () => {
    for (const [frame, name] of [
      [data(1, "x"), "DATA"],
      [rstStream(1), "RST_STREAM"],
      [windowUpdate(1, 1), "WINDOW_UPDATE"],
      [windowUpdate(2, 1), "WINDOW_UPDATE"],
    ] as const) {
      const peer = TestPeer.connected();
      peer.send(frame);
      assert.deepEqual(peer.take(), ["GOAWAY 0 protocolError"]);
      assert.equal(errorOf(peer), `${name} came on stream ${frame.streamId}, which is idle`);
    }
  });
});

describe("a stream whose peer has ended it", () => {
  test("takes no more DATA nor HEADERS", () => {
    for (const kind of ["DATA", "HEADERS"]) {
      const peer = TestPeer.connected();
      peer.request(1, "");
      peer.send(kind === "DATA" ? data(1, "more") : peer.headers(1, [["x", "y"]], true));
      assert.deepEqual(peer.take(), ["RST_STREAM 1 streamClosed"]);
      assert.equal(errorOf(peer), `stream 1: ${kind} came behind its end`);
      assert.equal(peer.handler.take().at(-1), "1 reset streamClosed");
    }
  });

  test("takes WINDOW_UPDATE and RST_STREAM", () => {
    const peer = TestPeer.connected();
    peer.request(1, "");
    peer.send(windowUpdate(1, 1), rstStream(1));
    assert.deepEqual(peer.take(), []);
    assert.equal(peer.handler.take().at(-1), "1 reset cancel");
  });
});

describe("a closed stream", () => {
  test("bears WINDOW_UPDATE, RST_STREAM and PRIORITY that come late", () => {
    const peer = endedStream();
    const priority = { type: FrameType.priority, streamId: 1, payload: [0, 0, 0, 0, 0] };
    peer.send(windowUpdate(1, 1), windowUpdate(1, 0), rstStream(1), priority);
    assert.deepEqual(peer.take(), []);
  });

  test("answers DATA with STREAM_CLOSED", () => {
    const peer = endedStream();
    peer.send(data(1, "late"));
    assert.deepEqual(peer.take(), ["RST_STREAM 1 streamClosed"]);
    assert.equal(errorOf(peer), "stream 1: DATA came on a closed stream");
  });

  test("takes no HEADERS: they end the connection when it was ended", () => {
    const peer = endedStream();
    peer.send(peer.headers(1));
    assert.deepEqual(peer.take(), ["GOAWAY 1 streamClosed"]);
    assert.equal(errorOf(peer), "HEADERS came on stream 1, which is closed");
  });

  test("takes no HEADERS nor DATA when its peer reset it", () => {
    for (const kind of ["DATA", "HEADERS"]) {
      const peer = TestPeer.connected();
      peer.request(1);
      peer.send(rstStream(1), kind === "DATA" ? data(1, "x") : peer.headers(1));
      assert.deepEqual(peer.take(), ["RST_STREAM 1 streamClosed"]);
    }
  });

  test("bears everything when we reset it", () => {
    const peer = TestPeer.connected();
    peer.request(1);
    peer.handler.stream(1).reset(8);
    peer.take();
    peer.send(data(1, "late"), windowUpdate(1, 5), peer.headers(1, [["late", "1"]], true), rstStream(1));
    assert.deepEqual(peer.take(), []);
    assert.deepEqual(peer.errors, []);
  });

  test("keeps the header tables in step though its HEADERS are thrown away", () => {
    const peer = TestPeer.connected();
    peer.request(1);
    peer.handler.stream(1).reset(8);
    const extended: HeaderPairs = [...requestHeaders, ["x-late", "1"]];
    peer.send(peer.headers(1, extended, true));
    peer.send(peer.headers(3, extended, true));
    assert.deepEqual(peer.handler.take().slice(1), ["3 headers /service/Method", "3 end"]);
  });
});

describe("malformed requests", () => {
  const cases: readonly (readonly [fault: string, HeaderPairs])[] = [
    [":method is missing", requestHeaders.slice(1)],
    [":path is missing", requestHeaders.map(([name, value]) => [name, name === ":path" ? "" : value])],
    ["connection belongs to HTTP/1", [...requestHeaders, ["connection", "close"]]],
    ["content-length is no length", [...requestHeaders, ["content-length", "+4"]]],
  ];
  for (const [fault, headers] of cases) {
    test(`are reset, the connection stays: ${fault}`, () => {
      const peer = TestPeer.connected();
      peer.send(peer.headers(1, headers));
      peer.send(data(1, "on its way", true));
      assert.deepEqual(peer.take(), ["RST_STREAM 1 protocolError"]);
      assert.equal(errorOf(peer), `stream 1: ${fault}`);
      peer.request(3, "");
      assert.deepEqual(peer.handler.take(), ["3 headers /service/Method", "3 end"]);
    });
  }

  test("whose trailers do not end them, or have pseudo-headers, are reset", () => {
    const noEnd = TestPeer.connected();
    noEnd.request(1);
    noEnd.send(noEnd.headers(1, [["x", "y"]]));
    assert.equal(errorOf(noEnd), "stream 1: HEADERS amid its body do not end it");

    const pseudo = TestPeer.connected();
    pseudo.request(1);
    pseudo.send(pseudo.headers(1, [[":path", "/"]], true));
    assert.equal(errorOf(pseudo), 'stream 1: there is no ":path" here');
    assert.deepEqual(pseudo.take(), ["RST_STREAM 1 protocolError"]);
    assert.equal(pseudo.handler.take().at(-1), "1 reset protocolError");
  });
});

describe("content-length", () => {
  const withLength = (length: number): HeaderPairs => [...requestHeaders, ["content-length", String(length)]];

  test("is met by the body, padding not counted", () => {
    const peer = TestPeer.connected();
    peer.send(peer.headers(1, withLength(5)), data(1, "hel"));
    const flags = FrameFlag.padded | FrameFlag.endStream;
    peer.send({ type: FrameType.data, flags, streamId: 1, payload: [4, ...Buffer.from("lo"), 0, 0, 0, 0] });
    assert.equal(peer.handler.take().at(-1), "1 end");
  });

  test("refuses a longer body before the receiver has it", () => {
    const peer = TestPeer.connected();
    peer.send(peer.headers(1, withLength(5)), data(1, "hello!"));
    assert.deepEqual(peer.handler.take(), ["1 headers /service/Method", "1 reset protocolError"]);
    assert.equal(errorOf(peer), "stream 1: its body is longer than content-length");
  });

  test("refuses a shorter body, by DATA, trailers or none at all", () => {
    const fault = "stream 1: its body is shorter than content-length";
    const byData = TestPeer.connected();
    byData.send(byData.headers(1, withLength(5)), data(1, "hell", true));
    assert.equal(errorOf(byData), fault);
    const byTrailers = TestPeer.connected();
    byTrailers.send(byTrailers.headers(1, withLength(5)), data(1, "hell"));
    byTrailers.send(byTrailers.headers(1, [["x", "y"]], true));
    assert.equal(errorOf(byTrailers), fault);
    const withNone = TestPeer.connected();
    withNone.send(withNone.headers(1, withLength(5), true));
    assert.equal(errorOf(withNone), fault);
    assert.deepEqual(withNone.handler.take(), []);
  });
});
