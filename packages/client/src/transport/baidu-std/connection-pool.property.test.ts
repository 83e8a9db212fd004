import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "@paddlewheel/core/testing";
import { FlushQueue } from "@paddlewheel/http2";
import { encodeFrameHead, FrameCutter, MetaDecoder } from "@paddlewheel/wire";
import fc from "fast-check";
import { FakeSocket } from "../../testing/fake-socket.js";
import { outgoingCall } from "../../testing/outgoing-call.js";
import { resolveTransportLimits } from "../transport-options.js";
import { Connection, type ConnectionHost } from "./connection.js";
import { ConnectionPool } from "./connection-pool.js";
import { Exchange } from "./exchange.js";

const limits = resolveTransportLimits({ maxConnections: 3, maxWaiting: 4, connectTimeoutMs: 50 });

/** What has been started, and how it came to its end. */
interface Seen {
  readonly exchange: Exchange;
  readonly dueAt: number;
  isGivenUp: boolean;
  ends: number;
}

/** The other end of a connection: the ids of requests that came and were not answered. */
class Peer {
  readonly fake: FakeSocket;
  readonly unanswered: bigint[] = [];
  readonly #metas = new MetaDecoder();
  readonly #cutter = new FrameCutter({
    maxFrameSize: 1000,
    visitor: {
      onFrame: (meta) => this.unanswered.push(this.#metas.decode(meta).correlationId),
      onUnreadableFrame: () => assert.fail("it can be read"),
      onOversizedFrame: () => assert.fail("it is small"),
    },
  });

  constructor(onOpen: () => void) {
    this.fake = new FakeSocket(onOpen);
  }

  read(): void {
    for (const piece of this.fake.written.splice(0)) this.#cutter.push(Buffer.from(piece));
  }

  answer(): void {
    const correlationId = this.unanswered.shift();
    if (correlationId === undefined) return;
    const response = { errorCode: 0, errorText: "" };
    this.fake.receive(encodeFrameHead({ response, correlationId }, 0));
  }
}

class Stage {
  readonly clock = new ManualClock();
  readonly peers: Peer[] = [];
  readonly seen: Seen[] = [];
  readonly pool: ConnectionPool;

  constructor(isReused: boolean) {
    const host: ConnectionHost = {
      address: "a:1",
      limits,
      clock: this.clock,
      queue: new FlushQueue(),
      token: undefined,
      openSocket: (onOpen) => {
        const peer = new Peer(onOpen);
        this.peers.push(peer);
        return peer.fake.socket;
      },
    };
    const open = (user: ConstructorParameters<typeof Connection>[1]): Connection =>
      new Connection(host, user);
    this.pool = new ConnectionPool({ address: "a:1", limits, open, isReused });
  }

  start(timeoutMs: number): void {
    const call = outgoingCall({ timeoutMs });
    const seen: Seen = {
      exchange: new Exchange(this.pool, {
        call,
        address: "a:1",
        clock: this.clock,
        onEnd: () => seen.ends++,
      }),
      dueAt: this.clock.now() + timeoutMs,
      isGivenUp: false,
      ends: 0,
    };
    this.seen.push(seen);
    const refusal = this.pool.send(seen.exchange);
    if (refusal) seen.exchange.attempt.refuse(refusal);
  }

  giveUp(at: number): void {
    const seen = this.seen[at % Math.max(this.seen.length, 1)];
    if (!seen || seen.exchange.attempt.isOver) return;
    seen.isGivenUp = true;
    seen.exchange.attempt.abandon();
  }

  get openPeers(): readonly Peer[] {
    return this.peers.filter(({ fake }) => !fake.destroyed);
  }

  /** Writes leave at the end of a turn, and sockets close in one. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    for (const peer of this.peers) peer.read();
    this.#check();
  }

  #check(): void {
    const now = this.clock.now();
    assert.ok(this.openPeers.length <= limits.maxConnections, `${this.openPeers.length} connections`);
    for (const { fake, unanswered } of this.peers) {
      assert.ok(fake.destroyed || unanswered.length <= 1, "a call came before the answer to the last");
    }
    for (const { dueAt, ends, isGivenUp, exchange } of this.seen) {
      const isOver = exchange.attempt.isOver;
      assert.equal(ends, isOver && !isGivenUp ? 1 : 0);
      assert.ok(isOver || now < dueAt, "it must be over by its deadline");
      const isWaiting = !isOver && exchange.connection === undefined;
      assert.ok(!isWaiting || this.openPeers.length === limits.maxConnections, "it waits for nothing");
    }
  }
}

type Step = (stage: Stage) => void;

const peerOf = (stage: Stage, at: number): Peer | undefined =>
  stage.openPeers[at % Math.max(stage.openPeers.length, 1)];
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 200 }).map((ms) => (stage: Stage) => stage.start(ms)) },
  { weight: 3, arbitrary: fc.nat(9).map((at) => (stage: Stage) => peerOf(stage, at)?.fake.open()) },
  { weight: 3, arbitrary: fc.nat(9).map((at) => (stage: Stage) => peerOf(stage, at)?.answer()) },
  fc.nat(9).map((at) => (stage: Stage) => peerOf(stage, at)?.fake.fail("ECONNRESET")),
  fc.nat(40).map((at) => (stage: Stage) => stage.giveUp(at)),
  fc.nat(60).map((ms) => (stage: Stage) => stage.clock.advance(ms)),
);

for (const [kind, isReused] of [
  ["pooled", true],
  ["short", false],
] as const) {
  test(`${kind} connections are never too many, have one call each, and every call ends once and in time`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { maxLength: 40 }), async (script) => {
        const stage = new Stage(isReused);
        for (const step of script) {
          step(stage);
          await stage.settle();
        }
        stage.pool.close();
        await stage.settle();
        assert.equal(stage.openPeers.length, 0);
        assert.ok(stage.seen.every(({ exchange }) => exchange.attempt.isOver));
        stage.clock.advance(60_000);
        assert.equal(stage.clock.timerCount, 0);
      }),
    );
  });
}
