import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FrameFlag, FrameType } from "../frame/frame-type.js";
import type { Http2Limits } from "../limits/http2-limits.js";
import type { RawFrame } from "../testing/raw-frame.js";
import {
  data,
  type HeaderPairs,
  ping,
  requestHeaders,
  rstStream,
  settings,
  TestPeer,
  toFields,
  windowUpdate,
} from "../testing/test-peer.js";
import { SettingId } from "./settings.js";

const ok = toFields([[":status", "200"]]);

function limited(limits: Partial<Http2Limits>): TestPeer {
  return TestPeer.connected({ limits });
}

describe("concurrent streams", () => {
  test("beyond the limit are refused until one has ended", () => {
    const peer = limited({ maxConcurrentStreams: 2 });
    for (const id of [1, 3, 5]) peer.request(id, "");
    assert.deepEqual(peer.take(), ["RST_STREAM 5 refusedStream"]);
    assert.deepEqual(peer.limits, ["concurrent_streams"]);
    peer.handler.stream(1).sendHeaders(ok, true);
    peer.take();
    peer.request(7, "");
    assert.deepEqual(peer.take(), []);
    assert.equal(peer.handler.take().at(-1), "7 end");
  });
});

describe("header lists beyond a limit", () => {
  const large: HeaderPairs = [...requestHeaders, ["x", "y".repeat(300)]];

  test("are answered with 431, and the connection goes on in step", () => {
    const peer = limited({ maxHeaderListSize: 300 });
    peer.send(peer.headers(1, large));
    assert.deepEqual(peer.take(), ["HEADERS 1 :status=431 END", "RST_STREAM 1 noError"]);
    assert.deepEqual(peer.limits, ["header_list"]);
    peer.request(3, "");
    assert.deepEqual(peer.handler.take(), ["3 headers /service/Method", "3 end"]);
  });

  test("are counted by fields too", () => {
    const peer = limited({ maxHeaderFields: 4 });
    peer.send(peer.headers(1, [...requestHeaders, ["x", "y"]], true));
    assert.deepEqual(peer.take(), ["HEADERS 1 :status=431 END"]);
  });

  test("are answered by the handler when it wants to", () => {
    const peer = TestPeer.connected({
      limits: { maxHeaderListSize: 300 },
      handler: {
        onHeaders: (): undefined => undefined,
        onOversizedHeaders: (stream) => stream.sendHeaders(toFields([["grpc-status", "8"]]), true),
      },
    });
    peer.send(peer.headers(1, large, true));
    assert.deepEqual(peer.take(), ["HEADERS 1 grpc-status=8 END"]);
  });

  test("cost the stream when they are trailers", () => {
    const peer = limited({ maxHeaderListSize: 300 });
    peer.request(1);
    peer.send(peer.headers(1, [["x", "y".repeat(300)]], true));
    assert.deepEqual(peer.take(), ["RST_STREAM 1 enhanceYourCalm"]);
    assert.deepEqual(peer.limits, ["header_list"]);
  });

  test("end the connection when their block is too large to be read", () => {
    const peer = limited({ maxHeaderBlockSize: 100 });
    peer.send({ type: FrameType.headers, streamId: 1, length: 101 });
    assert.deepEqual(peer.take(), ["GOAWAY 0 enhanceYourCalm"]);
    assert.deepEqual(peer.limits, ["header_block"]);
  });
});

describe("resets", () => {
  /** Opens streams and cancels them, until the connection ends; gives how many it bore. */
  function cancel(peer: TestPeer, count: number, firstId = 1): number {
    for (let i = 0; i < count; i++) {
      peer.send(peer.headers(firstId + 2 * i), rstStream(firstId + 2 * i));
      if (peer.isClosed) return i;
    }
    return count;
  }

  test("of nearly all streams end the connection", () => {
    const peer = limited({ maxResets: 10 });
    assert.equal(cancel(peer, 100), 10);
    assert.deepEqual(peer.take(), ["GOAWAY 21 enhanceYourCalm"]);
    assert.deepEqual(peer.limits, ["resets"]);
  });

  test("are forgotten when their time is over", () => {
    const peer = limited({ maxResets: 10, resetWindowMs: 5000 });
    assert.equal(cancel(peer, 10), 10);
    peer.connection.sweep(5000);
    assert.equal(cancel(peer, 10, 101), 10);
    peer.connection.sweep(6000);
    assert.equal(cancel(peer, 1, 201), 0);
  });

  test("among twice as many streams are borne", () => {
    const peer = limited({ maxResets: 10, maxConcurrentStreams: 1000 });
    for (let i = 0; i < 100; i++) {
      peer.send(peer.headers(6 * i + 1), peer.headers(6 * i + 3), peer.headers(6 * i + 5));
      peer.send(rstStream(6 * i + 1));
    }
    assert.ok(!peer.isClosed);
  });

  test("that the peer makes us do count as well", () => {
    const provoke: readonly ((peer: TestPeer, id: number) => readonly RawFrame[])[] = [
      (peer, id) => [peer.headers(id), windowUpdate(id, 0)],
      (peer, id) => [peer.headers(id, requestHeaders, true), data(id, "x")],
      (peer, id) => [peer.headers(id, [])],
      (peer, id) => [peer.headers(id), windowUpdate(id, 2 ** 31 - 1)],
    ];
    for (const frames of provoke) {
      const peer = limited({ maxResets: 10 });
      for (let id = 1; id < 100 && !peer.isClosed; id += 2) peer.send(...frames(peer, id));
      assert.equal(peer.take().filter((line) => line.startsWith("RST_STREAM")).length, 11);
      assert.deepEqual(peer.limits, ["resets"]);
    }
  });
});

describe("floods", () => {
  const floods: readonly (readonly [string, RawFrame])[] = [
    ["settings_flood", settings()],
    ["settings_flood", { type: FrameType.settings, flags: FrameFlag.ack }],
    ["ping_flood", ping()],
    ["ping_flood", ping("12345678", true)],
    ["priority_flood", { type: FrameType.priority, streamId: 1, payload: new Uint8Array(5) }],
    ["window_update_flood", windowUpdate(0, 1)],
    ["window_update_flood", windowUpdate(1, 1)],
    ["empty_data_flood", data(1, "")],
    ["empty_data_flood", { type: FrameType.data, flags: FrameFlag.padded, streamId: 1, payload: [1, 0] }],
    ["small_data_flood", data(1, "x")],
    ["unknown_frame_flood", { type: 0x55, payload: [1] }],
  ];
  for (const [name, frame] of floods) {
    test(`of frames of type ${frame.type} end the connection: ${name}`, () => {
      const peer = limited({ maxIdleFrames: 50 });
      peer.request(1);
      let count = 0;
      while (!peer.isClosed && count < 1000) {
        peer.send(frame);
        count++;
      }
      assert.equal(count, 51);
      assert.equal(peer.take().at(-1), "GOAWAY 1 enhanceYourCalm");
      assert.deepEqual(peer.limits, [name]);
    });
  }

  test("of frames for streams that have ended end the connection: late_frame_flood", () => {
    for (const kind of ["RST_STREAM", "HEADERS"]) {
      const peer = limited({ maxIdleFrames: 50 });
      peer.request(1);
      peer.handler.stream(1).reset(8);
      let count = 0;
      while (!peer.isClosed && count < 1000) {
        peer.send(kind === "HEADERS" ? peer.headers(1) : rstStream(1));
        count++;
      }
      assert.equal(count, 51);
      assert.deepEqual(peer.limits, ["late_frame_flood"]);
    }
  });

  test("are no floods when requests go with them, or time", () => {
    const peer = limited({ maxIdleFrames: 50, idleFramesPerSecond: 10, maxConcurrentStreams: 1000 });
    for (let i = 0; i < 100; i++) {
      peer.request(2 * i + 1, "x");
      for (let j = 0; j < 10; j++) peer.send(windowUpdate(0, 1), ping());
    }
    for (let second = 1; second < 100; second++) {
      peer.connection.sweep(second * 1000);
      for (let j = 0; j < 10; j++) peer.send(ping());
      if (second % 10 === 0) peer.request(2001 + second * 2, "x");
    }
    assert.ok(!peer.isClosed);
  });

  test("are no floods when they are small frames of large bodies", () => {
    const peer = limited({ maxIdleFrames: 50 });
    peer.request(1);
    for (let i = 0; i < 500; i++) peer.send(data(1, "x".repeat(1020)), data(1, "tail"));
    assert.ok(!peer.isClosed);
  });

  test("are no floods when they answer what we send", () => {
    const peer = TestPeer.connected({ limits: { maxIdleFrames: 50 } }, [
      SettingId.initialWindowSize,
      2 ** 30,
    ]);
    peer.request(1, "");
    peer.send(windowUpdate(0, 2 ** 30));
    peer.handler.stream(1).sendHeaders(ok);
    for (let i = 0; i < 100; i++) {
      peer.handler.stream(1).sendData(new Uint8Array(16_384));
      peer.connection.takeOutput();
      for (let j = 0; j < 10; j++) peer.send(windowUpdate(0, 1));
    }
    assert.ok(!peer.isClosed);
  });
});

describe("slow peers", () => {
  const headersFrame = Uint8Array.of(0, 3, 232, FrameType.headers, FrameFlag.endHeaders, 0, 0, 0, 1, 0x83);
  const cuts: Readonly<Record<string, Uint8Array>> = {
    "the header of a frame": headersFrame.subarray(0, 4),
    "a frame": headersFrame,
    "a header block": Uint8Array.of(0, 0, 1, FrameType.headers, 0, 0, 0, 0, 1, 0x83),
  };
  for (const [what, bytes] of Object.entries(cuts)) {
    test(`that do not end ${what} lose the connection`, () => {
      const peer = limited({ frameTimeoutMs: 3000 });
      peer.connection.sweep(1000);
      peer.sendBytes(bytes);
      for (const now of [2000, 3000, 4000, 5000]) peer.connection.sweep(now);
      assert.deepEqual(peer.take(), []);
      peer.connection.sweep(6000);
      assert.match(peer.take().join(), /^GOAWAY .*enhanceYourCalm/);
      assert.deepEqual(peer.limits, ["frame_timeout"]);
    });
  }

  test("that end each frame in time keep the connection, cut or not when somebody looks", () => {
    const peer = limited({ frameTimeoutMs: 1500, maxAgeMs: 0, keepaliveMs: 0 });
    for (let second = 1; second <= 8; second++) {
      peer.sendBytes(Uint8Array.of(0, 0, 8, FrameType.ping, 0));
      peer.connection.sweep(second * 1000);
      peer.sendBytes(new Uint8Array(4 + 8));
    }
    assert.deepEqual(peer.limits, []);
  });

  test("that send a body slower than they must lose the stream", () => {
    const peer = limited({ minBodyRate: 100, bodyRateGraceMs: 2000, keepaliveMs: 0 });
    peer.send(peer.headers(1), peer.headers(3));
    for (let second = 1; second <= 10; second++) {
      peer.send(data(1, "x".repeat(99)), data(3, "x".repeat(80)));
      peer.connection.sweep(second * 1000);
    }
    assert.deepEqual(peer.limits, []);
    for (let second = 11; second <= 14; second++) {
      peer.send(data(1, "x".repeat(99)));
      peer.connection.sweep(second * 1000);
    }
    assert.deepEqual(peer.limits, ["body_rate"]);
    assert.deepEqual(
      peer.take().filter((line) => line.startsWith("RST_STREAM")),
      ["RST_STREAM 3 cancel"],
    );
  });

  test("that do not end a body lose the stream, whatever they send of it", () => {
    const peer = limited({ bodyTimeoutMs: 5000, maxAgeMs: 0 });
    peer.connection.sweep(1000);
    peer.request(1);
    for (let second = 2; second <= 7; second++) {
      peer.send(data(1, "x"));
      peer.connection.sweep(second * 1000);
    }
    assert.deepEqual(peer.take(), []);
    peer.connection.sweep(8000);
    assert.deepEqual(peer.take(), ["RST_STREAM 1 cancel"]);
    assert.deepEqual(peer.limits, ["body_timeout"]);
    assert.equal(peer.handler.take().at(-1), "1 reset cancel");
  });

  test("have as long as their stream allows", () => {
    const peer = limited({ bodyTimeoutMs: 5000, idleTimeoutMs: 0, keepaliveMs: 0, maxAgeMs: 0 });
    peer.request(1);
    peer.handler.stream(1).bodyTimeoutMs = Number.POSITIVE_INFINITY;
    for (let hour = 0; hour < 10; hour++) peer.connection.sweep(hour * 3_600_000);
    assert.deepEqual(peer.take(), []);
  });

  test("that end the body in time may wait for the answer", () => {
    const peer = limited({ bodyTimeoutMs: 5000 });
    peer.request(1, "");
    peer.connection.sweep(1000);
    peer.connection.sweep(20_000);
    assert.deepEqual(peer.take(), []);
  });

  test("that do not let an answer go lose the stream, those that let some of it go do not", () => {
    const peer = TestPeer.connected({ limits: { responseTimeoutMs: 5000, keepaliveMs: 0 } }, [
      SettingId.initialWindowSize,
      1,
    ]);
    for (const id of [1, 3]) {
      peer.request(id, "");
      peer.handler.stream(id).sendHeaders(ok);
      peer.handler.stream(id).sendData(Buffer.from("0123456789"), true);
    }
    for (let second = 1; second <= 6; second++) {
      peer.send(windowUpdate(3, 1));
      peer.connection.sweep(second * 1000);
    }
    assert.ok(!peer.take().includes("RST_STREAM 1 cancel"));
    peer.connection.sweep(7000);
    assert.deepEqual(peer.take(), ["RST_STREAM 1 cancel"]);
    assert.deepEqual(peer.limits, ["response_timeout"]);
    assert.equal(peer.connection.streamCount, 1);
  });

  test("with too many bytes unread are cut off once none of them leave", () => {
    const peer = TestPeer.connected({ limits: { maxUnsentBytes: 10_000 } }, [SettingId.initialWindowSize, 0]);
    peer.request(1, "");
    peer.handler.stream(1).sendHeaders(ok);
    peer.handler.stream(1).sendData(new Uint8Array(10_500), true);
    peer.connection.sweep(1000);
    assert.deepEqual(peer.limits, ["unsent_bytes"]);
    assert.equal(peer.take().at(-1), "GOAWAY 1 enhanceYourCalm");
  });

  test("with many bytes unread are borne while some leave", () => {
    const peer = TestPeer.connected({ limits: { maxUnsentBytes: 10_000 } }, [SettingId.initialWindowSize, 0]);
    peer.request(1, "");
    peer.handler.stream(1).sendHeaders(ok);
    peer.handler.stream(1).sendData(new Uint8Array(20_000), true);
    for (let second = 1; second < 10; second++) {
      peer.send(windowUpdate(1, 1));
      peer.connection.sweep(second * 1000);
    }
    assert.ok(!peer.isClosed);
  });
});
