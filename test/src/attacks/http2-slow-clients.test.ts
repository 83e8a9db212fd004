import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { data, endHeaders, frame, request, setting, uint32, windowUpdate } from "./http2-frames.js";
import { RawClient } from "./raw-client.js";
import { Scene } from "./scene.js";

const cancel = 8;
const noError = 0;
const settingsTimeout = 4;
const enhanceYourCalm = 11;

const initialWindowSize = 4;
const largestWindow = 2 ** 31 - 1;

/** Requests with bodies of so many bytes, whose answers are as long. */
function requestsOf(count: number, size: number): Buffer {
  const frames: Buffer[] = [];
  for (let index = 0; index < count; index++) {
    const streamId = 2 * index + 1;
    frames.push(request(streamId, false));
    for (let left = size; left > 0; left -= 16_384) {
      frames.push(data(streamId, Buffer.alloc(Math.min(left, 16_384), 0x61), left <= 16_384));
    }
  }
  return Buffer.concat(frames);
}

/** A request of nearly 1 MB for each second. */
function requestsAt(second: number): Buffer {
  const streamId = 2 * second + 1;
  const pieces = Array.from({ length: 60 }, (_, at) => data(streamId, Buffer.alloc(16_384, 0x61), at === 59));
  return Buffer.concat([request(streamId, false), ...pieces]);
}

describe("slow and silent clients of HTTP/2", { concurrency: 2 }, () => {
  const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  const beginnings = {
    "that sends nothing": "",
    "that sends half of the preface": "PRI * HTTP/2.0\r\n\r\n",
    "that sends no SETTINGS": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "that sends half of its SETTINGS": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x06\x04\0",
  };
  for (const [name, beginning] of Object.entries(beginnings)) {
    test(`a client ${name} is let go after 10 s`, async () => {
      await using scene = await Scene.open();
      const attacker = await RawClient.silent(scene.server.port);
      attacker.isPolite = false;
      attacker.write(Buffer.from(beginning, "latin1"));
      await scene.until(({ connections }) => connections === 2);
      assert.deepEqual((await scene.pass(10)).limits, {});
      await scene.pass(1);
      const { limits } = await scene.checkGone(attacker);
      assert.deepEqual(limits, { settings_timeout: 1 });
      assert.deepEqual(attacker.codes("GOAWAY"), [settingsTimeout]);
    });
  }

  test("a client that never acknowledges SETTINGS is let go after 10 s, whatever it asks", async () => {
    await using scene = await Scene.open();
    const attacker = await RawClient.silent(scene.server.port);
    attacker.isPolite = false;
    attacker.write(preface, frame("SETTINGS"));
    await scene.pass(12, (second) => attacker.write(request(2 * second + 1, true)));
    assert.deepEqual(attacker.codes("GOAWAY"), [settingsTimeout]);
    assert.deepEqual((await scene.checkGone(attacker)).limits, { settings_timeout: 1 });
  });

  for (const [name, more] of [
    ["and no byte more", Buffer.alloc(0)],
    ["byte by byte", Buffer.of(0x86)],
  ] as const) {
    test(`headers that do not come to their end, ${name}: the connection ends after 10 s`, async () => {
      await using scene = await Scene.open();
      const attacker = await scene.attacker();
      attacker.write(frame("HEADERS", { streamId: 1, length: 1000, payload: Buffer.of(0x83) }));
      await scene.pass(9, () => attacker.write(more));
      assert.deepEqual(attacker.codes("GOAWAY"), []);
      await scene.pass(4, () => attacker.write(more));
      assert.deepEqual((await scene.checkGone(attacker)).limits, { frame_timeout: 1 });
      assert.deepEqual(attacker.codes("GOAWAY"), [enhanceYourCalm]);
    });
  }

  test("bodies slower than 1 KiB a second lose their streams after 5 s, byte by byte or not", async () => {
    await using scene = await Scene.open();
    const attacker = await scene.attacker();
    for (let streamId = 1; streamId <= 99; streamId += 2) attacker.write(request(streamId, false));
    await scene.until(({ streams }) => streams === 50);
    await scene.pass(5, () => attacker.write(data(1, Buffer.of(0x61))));
    assert.deepEqual(attacker.codes("RST_STREAM"), []);
    const { limits, streams } = await scene.pass(2);
    assert.deepEqual({ limits, streams }, { limits: { body_rate: 50 }, streams: 0 });
    await scene.echo();
    assert.deepEqual(attacker.codes("RST_STREAM"), Array(50).fill(cancel));
    attacker.socket.destroy();
  });

  test("bodies that do not come to their end lose their streams after 30 s, however fast they are", async () => {
    await using scene = await Scene.open();
    const attacker = await scene.attacker();
    attacker.write(request(1, false));
    await scene.until(({ streams }) => streams === 1);
    await scene.pass(30, () => attacker.write(data(1, Buffer.alloc(1024, 0x61))));
    assert.deepEqual(attacker.codes("RST_STREAM"), []);
    const { limits, streams } = await scene.pass(2, () => attacker.write(data(1, Buffer.alloc(1024, 0x61))));
    assert.deepEqual({ limits, streams }, { limits: { body_timeout: 1 }, streams: 0 });
    attacker.socket.destroy();
  });

  test("answers that the client gives no window for lose their streams after 30 s", async () => {
    await using scene = await Scene.open();
    const attacker = await scene.attacker(setting(initialWindowSize, 0));
    attacker.write(requestsOf(10, 100_000));
    await scene.until(({ streams }) => streams === 10);
    const { limits } = await scene.pass(33);
    assert.deepEqual(limits, { response_timeout: 10 });
    await scene.until(({ streams }) => streams === 0);
    assert.deepEqual(attacker.codes("RST_STREAM"), Array(10).fill(cancel));
    attacker.socket.destroy();
  });

  test("answers that wait, and are too many bytes, end the connection", async () => {
    await using scene = await Scene.open({ maxUnsentBytes: 500_000 });
    const attacker = await scene.attacker(setting(initialWindowSize, 0));
    attacker.write(requestsOf(6, 100_000));
    await scene.until(({ streams }) => streams === 6);
    await scene.pass(1);
    assert.deepEqual((await scene.checkGone(attacker)).limits, { unsent_bytes: 1 });
    assert.deepEqual(attacker.codes("GOAWAY"), [enhanceYourCalm]);
  });

  test("a client that asks for much and never reads its socket loses its connection", async () => {
    await using scene = await Scene.open();
    const attacker = await scene.attacker(setting(initialWindowSize, largestWindow));
    attacker.socket.pause();
    attacker.write(windowUpdate(0, largestWindow - 65_535));
    // Two minutes of answers; the socket's buffers hold a few MB of them.
    const report = await scene.pass(120, (second) => {
      if (second < 40) attacker.write(requestsAt(second));
    });
    const names = Object.keys(report.limits);
    assert.ok(names.includes("keepalive_timeout") || names.includes("response_timeout"), names.join());
    await scene.until(({ connections, streams }) => connections === 1 && streams === 0);
    attacker.socket.destroy();
  });

  test("a connection without requests is asked to go after 300 s, and goes", async () => {
    await using scene = await Scene.open();
    const attacker = await scene.attacker();
    await scene.pass(300);
    assert.deepEqual(attacker.codes("GOAWAY"), []);
    await scene.pass(5);
    assert.deepEqual((await scene.checkGone(attacker)).limits, { connection_idle: 1 });
    assert.deepEqual(attacker.codes("GOAWAY"), [noError, noError]);
  });

  test("a client that stays after GOAWAY, its answer not taken, is let go", async () => {
    const limits = { drainTimeoutMs: 5_000, idleTimeoutMs: 2_000, responseTimeoutMs: 1_000_000 };
    await using scene = await Scene.open(limits);
    const attacker = await scene.attacker();
    await scene.pass(4);
    attacker.write(frame("SETTINGS", { payload: setting(initialWindowSize, 0) }), requestsOf(1, 100));
    await scene.until(({ streams }) => streams === 1);
    await scene.pass(10);
    const report = await scene.checkGone(attacker);
    assert.deepEqual(report.limits, { connection_idle: 1, drain_timeout: 1 });
  });

  test("requests after the last one that GOAWAY named are refused, and the connection ends", async () => {
    await using scene = await Scene.open();
    const attacker = await scene.attacker();
    attacker.write(request(1, false), frame("GOAWAY", { payload: Buffer.concat([uint32(0), uint32(0)]) }));
    for (let streamId = 3; streamId < 21; streamId += 2) attacker.write(request(streamId, true));
    await scene.echo();
    await scene.until(() => attacker.codes("RST_STREAM").length === 9);
    assert.deepEqual(attacker.codes("RST_STREAM"), Array(9).fill(7));
    attacker.write(data(1, Buffer.from("end"), true));
    await scene.until(() => attacker.isEnded);
    assert.deepEqual((await scene.checkGone(attacker)).limits, {});
  });

  test("a client that has got GOAWAY and goes on sending is not read any more", async () => {
    await using scene = await Scene.open();
    const attacker = await scene.attacker();
    attacker.write(frame("DATA"));
    await scene.until(() => attacker.isEnded);
    for (let streamId = 1; streamId < 99; streamId += 2) {
      attacker.write(frame("HEADERS", { streamId, flags: endHeaders, payload: Buffer.of(0x83, 0x86, 0x84) }));
      await scene.echo();
    }
    assert.equal((await scene.server.report()).streams, 0);
    await scene.checkGone(attacker);
  });
});
