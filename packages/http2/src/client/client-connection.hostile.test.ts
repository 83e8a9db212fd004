import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorCode } from "../frame/error-code.js";
import { FrameFlag, FrameType } from "../frame/frame-type.js";
import type { RawFrame } from "../testing/raw-frame.js";
import { data, ping, rstStream, settings, windowUpdate } from "../testing/test-peer.js";
import { TestServer } from "../testing/test-server.js";

describe("a server that is not what it should be", () => {
  const isEnd = FrameFlag.endStream;

  /** What a request is told when the server sends `frames` to it. */
  function told(frames: (server: TestServer) => readonly RawFrame[]): {
    readonly event: string | undefined;
    readonly sent: readonly string[];
    readonly server: TestServer;
  } {
    const server = TestServer.connected();
    server.request("a");
    server.take();
    server.send(...frames(server));
    const event = server.takeEvents().find((line) => line.startsWith("a reset"));
    return { event, sent: server.take(), server };
  }

  test("by a fault on a stream costs that stream", () => {
    const cases: readonly [expected: string, (server: TestServer) => readonly RawFrame[]][] = [
      ["stream 1: DATA came before HEADERS", () => [data(1, "x")]],
      ["stream 1: DATA came before HEADERS", () => [data(1, "", true)]],
      ["stream 1: :status is missing", (server) => [server.headers(1, [["x", "y"]])]],
      [
        "stream 1: headers of an interim answer end it",
        (server) => [server.headers(1, [[":status", "100"]], true)],
      ],
      [
        "stream 1: content-length is no length",
        (server) => [
          server.headers(1, [
            [":status", "200"],
            ["content-length", "x"],
          ]),
        ],
      ],
      [
        "stream 1: its body is longer than content-length",
        (server) => [
          server.headers(1, [
            [":status", "200"],
            ["content-length", "1"],
          ]),
          data(1, "xy"),
        ],
      ],
      [
        "stream 1: its body is shorter than content-length",
        (server) => [
          server.headers(
            1,
            [
              [":status", "200"],
              ["content-length", "1"],
            ],
            true,
          ),
        ],
      ],
      [
        "stream 1: HEADERS amid its body do not end it",
        (server) => [server.headers(1), server.headers(1, [["x", "y"]])],
      ],
      [
        'stream 1: there is no ":status" here',
        (server) => [server.headers(1), server.headers(1, undefined, true)],
      ],
      ["stream 1: WINDOW_UPDATE came with 0", () => [windowUpdate(1, 0)]],
    ];
    for (const [expected, frames] of cases) {
      const { event, sent, server } = told(frames);
      assert.equal(event, `a reset by fault protocolError: ${expected}`);
      assert.deepEqual(sent, ["RST_STREAM 1 protocolError"]);
      assert.equal(server.connection.state, "open");
      assert.equal(server.connection.streamCount, 0);
    }
  });

  test("by a fault of the connection costs the connection", () => {
    const cases: readonly [expected: string, (server: TestServer) => readonly RawFrame[]][] = [
      ["protocolError: HEADERS came on stream 2, which is idle", (server) => [server.headers(2)]],
      ["protocolError: HEADERS came on stream 3, which is idle", (server) => [server.headers(3)]],
      ["protocolError: DATA came on stream 3, which is idle", () => [data(3, "x")]],
      [
        "protocolError: PUSH_PROMISE came though push is off",
        () => [{ type: FrameType.pushPromise, flags: 4, streamId: 1, payload: [0, 0, 0, 2] }],
      ],
      [
        "frameSizeError: a frame of 16385 bytes came, 16384 are allowed",
        () => [{ type: FrameType.data, flags: isEnd, streamId: 1, payload: new Uint8Array(16_385) }],
      ],
      [
        "compressionError: index 0 names no header field: the table holds 1 to 61",
        () => [{ type: FrameType.headers, flags: 4, streamId: 1, payload: [0x80] }],
      ],
      ["protocolError: SETTINGS_ENABLE_PUSH is 2, it must be from 0 to 1", () => [settings([2, 2])]],
    ];
    for (const [expected, frames] of cases) {
      const { event, sent, server } = told(frames);
      assert.equal(event, `a reset by connection ${expected}`);
      assert.deepEqual(sent, [`GOAWAY 0 ${expected.split(":")[0]}`]);
      assert.equal(server.connection.state, "closed");
      assert.equal(server.connection.streamCount, 0);
    }
  });

  test("by sending behind the end of an answer costs the connection or is refused", () => {
    const server = TestServer.connected();
    server.request("a");
    server.send(server.headers(1, undefined, true));
    server.take();
    server.send(data(1, "more"));
    assert.deepEqual(server.take(), ["RST_STREAM 1 streamClosed"]);
    server.send(server.headers(1));
    assert.deepEqual(server.take(), ["GOAWAY 0 streamClosed"]);
  });

  test("by headers beyond the limits costs the stream, and the tables stay in step", () => {
    const server = TestServer.connected({ maxHeaderListSize: 1000 });
    server.request("a");
    server.request("b");
    server.send(
      server.headers(1, [
        [":status", "200"],
        ["x", "y".repeat(1000)],
      ]),
    );
    server.send(
      server.headers(
        3,
        [
          [":status", "200"],
          ["x", "kept"],
        ],
        true,
      ),
    );
    assert.deepEqual(server.takeEvents(), [
      "busy",
      "a reset by fault enhanceYourCalm: stream 1: its headers are too large",
      "b headers 200",
      "not busy",
      "b end",
    ]);
    assert.deepEqual(server.limits, ["header_list"]);
  });

  test("by resetting every request costs those requests only", () => {
    const server = TestServer.connected();
    for (let i = 0; i < 1000; i++) {
      server.request("a");
      server.send(rstStream(2 * i + 1, ErrorCode.refusedStream));
    }
    assert.equal(server.connection.state, "open");
    const expected =
      "a reset by server refusedStream unprocessed: the server reset the stream: REFUSED_STREAM";
    assert.equal(server.takeEvents().filter((line) => line === expected).length, 1000);
  });

  test("by floods of any kind costs the connection", () => {
    const floods: readonly [limit: string, frame: RawFrame][] = [
      ["settings_flood", settings()],
      ["ping_flood", ping()],
      ["window_update_flood", windowUpdate(0, 1)],
      ["unknown_frame_flood", { type: 99 }],
      ["late_frame_flood", rstStream(1)],
    ];
    for (const [limit, frame] of floods) {
      const server = TestServer.connected();
      server.request("a").stream.reset();
      server.send(...Array.from({ length: 2000 }, () => frame));
      assert.deepEqual(server.limits, [limit]);
      assert.equal(server.connection.state, "closed");
    }
  });

  test("by DATA without end on closed streams costs the connection", () => {
    const server = TestServer.connected();
    server.request("a");
    server.send(server.headers(1, undefined, true));
    for (let i = 0; i < 300; i++) server.send(data(1, "x"));
    assert.deepEqual(server.limits, ["resets"]);
  });

  test("by another protocol is told so", () => {
    for (const greeting of ["220 smtp.example ESMTP\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n"]) {
      const server = new TestServer();
      server.request("a");
      server.connection.receive(Buffer.from(greeting));
      const [, , event] = server.takeEvents();
      assert.match(
        event ?? "",
        /^a reset by connection frameSizeError unprocessed: it does not speak HTTP\/2: a frame of/,
      );
    }
  });
});
