import { ClientConnection } from "../client/client-connection.js";
import { type ClientLimits, resolveClientLimits } from "../client/client-limits.js";
import type { ClientRequest, ClientStream, ResponseReceiver, StreamReset } from "../client/client-request.js";
import type { ConnectionHooks, PeerError } from "../connection/connection-hooks.js";
import { connectionPreface, FrameFlag, FrameType } from "../frame/frame-type.js";
import type { HeaderField } from "../hpack/header-field.js";
import { HpackEncoder } from "../hpack/hpack-encoder.js";
import type { LimitName } from "../limits/http2-limits.js";
import { codeName, FrameWords } from "./frame-words.js";
import { type RawFrame, rawFrame, type SettingEntry } from "./raw-frame.js";
import { type HeaderPairs, requestHeaders, settings, toFields } from "./test-peer.js";

/** Notes what a receiver is told, in words. */
export class RecordingReceiver implements ResponseReceiver {
  readonly #name: string;
  readonly #events: string[];
  readonly resets: StreamReset[] = [];
  /** Runs when the event of that kind has come. */
  on: Partial<Record<"headers" | "data" | "end" | "reset", () => void>> = {};

  constructor(name: string, events: string[]) {
    this.#name = name;
    this.#events = events;
  }

  onHeaders(fields: readonly HeaderField[]): void {
    this.#note(`headers ${fields[0]?.value}`);
    this.on.headers?.();
  }

  onData(piece: Uint8Array): void {
    this.#note(`data ${piece.length}`);
    this.on.data?.();
  }

  onEnd(trailers: readonly HeaderField[]): void {
    this.#note(["end", ...trailers.map(({ name, value }) => `${name}=${value}`)].join(" "));
    this.on.end?.();
  }

  onReset(reset: StreamReset): void {
    this.resets.push(reset);
    const unprocessed = reset.isUnprocessed ? " unprocessed" : "";
    this.#note(`reset by ${reset.by} ${codeName(reset.code)}${unprocessed}: ${reset.reason}`);
    this.on.reset?.();
  }

  #note(event: string): void {
    this.#events.push(`${this.#name} ${event}`);
  }
}

/** A server that writes frames by hand to a ClientConnection and reads what it sends in words. */
export class TestServer implements ConnectionHooks {
  readonly connection: ClientConnection;
  readonly events: string[] = [];
  readonly limits: LimitName[] = [];
  readonly errors: PeerError[] = [];
  readonly faults: unknown[] = [];
  readonly leavings: StreamReset[] = [];
  readonly #encoder = new HpackEncoder();
  readonly #words = new FrameWords();
  #prefaceLeft = connectionPreface.length;

  constructor(limits?: Partial<ClientLimits>) {
    this.connection = new ClientConnection({
      hooks: this,
      onLeaving: (why) => this.leavings.push(why),
      onBusy: (isBusy) => this.events.push(isBusy ? "busy" : "not busy"),
      limits: resolveClientLimits(limits),
      now: 0,
    });
  }

  /** A server past the exchange of SETTINGS; `entries` are its own. */
  static connected(limits?: Partial<ClientLimits>, ...entries: readonly SettingEntry[]): TestServer {
    const server = new TestServer(limits);
    server.send(settings(...entries), { type: FrameType.settings, flags: FrameFlag.ack });
    server.take();
    return server;
  }

  onOutput(): void {}

  onClose(): void {
    this.events.push("closed");
  }

  onLimit(name: LimitName): void {
    this.limits.push(name);
  }

  onPeerError(error: PeerError): void {
    this.errors.push(error);
  }

  onFault(error: unknown): void {
    this.faults.push(error);
  }

  /** Has the client send a request; its receiver notes under `name` what becomes of it. */
  request(name: string, body = ""): { readonly stream: ClientStream; readonly receiver: RecordingReceiver } {
    const receiver = new RecordingReceiver(name, this.events);
    const request: ClientRequest = {
      fields: toFields(requestHeaders),
      body: body === "" ? [] : [Buffer.from(body)],
      receiver,
    };
    return { stream: this.connection.request(request), receiver };
  }

  send(...frames: readonly RawFrame[]): void {
    this.connection.receive(Buffer.concat(frames.map(rawFrame)));
  }

  /** HEADERS of an answer, or trailers. */
  headers(streamId: number, pairs: HeaderPairs = [[":status", "200"]], isEnd = false): RawFrame {
    const flags = FrameFlag.endHeaders | (isEnd ? FrameFlag.endStream : 0);
    return { type: FrameType.headers, flags, streamId, payload: this.#encoder.encode(toFields(pairs)) };
  }

  /** What the client has sent since the last call, a line for each frame; the preface is skipped. */
  take(): readonly string[] {
    const bytes = Buffer.concat(this.connection.takeOutput());
    const skipped = Math.min(this.#prefaceLeft, bytes.length);
    this.#prefaceLeft -= skipped;
    return this.#words.lines([bytes.subarray(skipped)]);
  }

  /** What the receivers were told since the last call. */
  takeEvents(): readonly string[] {
    return this.events.splice(0);
  }
}
