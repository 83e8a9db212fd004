import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";
import { text } from "node:stream/consumers";
import { EchoServer, type EchoServerReport } from "./echo-server.js";
import { RawClient } from "./raw-client.js";

/** The server waits so long before it destroys the socket of a connection that has ended, in ms. */
const closeTimeoutMs = 1000;

/** A server, and a good client of it whose requests are answered whatever goes on. Time moves only by `pass`. */
export class Scene implements AsyncDisposable {
  readonly server: EchoServer;
  readonly #good: ClientHttp2Session;
  /** Requests of the good client that were answered. */
  answered = 0;

  private constructor(server: EchoServer, good: ClientHttp2Session) {
    this.server = server;
    this.#good = good;
  }

  static async open(limits: Readonly<Record<string, number>> = {}): Promise<Scene> {
    const server = await EchoServer.start({ limits, hasManualClock: true });
    const good = connect(`http://${server.address}`);
    await once(good, "remoteSettings");
    return new Scene(server, good);
  }

  attacker(settings?: Buffer): Promise<RawClient> {
    return RawClient.connect(this.server.port, settings);
  }

  /** A request of the good client, which is answered with its body. */
  async echo(): Promise<void> {
    const body = `request ${this.answered}`;
    const stream = this.#good.request({ ":method": "POST", te: "trailers" });
    stream.end(body);
    assert.equal(await text(stream), body);
    this.answered++;
  }

  /** Moves time second by second; the good client asks in each of them. */
  async pass(seconds: number, inEach: (second: number) => void = () => {}): Promise<EchoServerReport> {
    let report = await this.server.report();
    for (let second = 0; second < seconds; second++) {
      inEach(second);
      await this.echo();
      report = await this.server.advance(1000);
    }
    return report;
  }

  /** Sends bursts until the server closes its side; the good client asks between them. */
  async flood(attacker: RawClient, burst: (round: number) => Buffer, maxRounds = 200): Promise<void> {
    for (let round = 0; round < maxRounds && !attacker.isEnded; round++) {
      attacker.write(burst(round));
      await this.echo();
    }
    assert.ok(attacker.isEnded, `the server bore ${maxRounds} bursts`);
    assert.equal((await this.server.report()).connections, 2);
  }

  /** An attacker, whose connection has ended, stays: its socket is destroyed after a while and the good client's is not. */
  async checkGone(attacker: RawClient): Promise<EchoServerReport> {
    await this.server.advance(closeTimeoutMs);
    const report = await this.until(({ connections }) => connections === 1);
    assert.equal(report.streams, 0);
    assert.deepEqual(report.faults, []);
    attacker.socket.destroy();
    return report;
  }

  /** The first report that is as wanted; the good client asks meanwhile. */
  async until(isWanted: (report: EchoServerReport) => boolean): Promise<EchoServerReport> {
    for (let round = 0; round < 10_000; round++) {
      const report = await this.server.report();
      if (isWanted(report)) return report;
      await this.echo();
    }
    throw new Error(`this did not come: ${isWanted}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#good.destroy();
    await this.server[Symbol.asyncDispose]();
  }
}
