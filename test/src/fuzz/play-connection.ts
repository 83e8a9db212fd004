import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Dice } from "./dice.js";
import type { FuzzedProtocol } from "./fuzzed-protocol.js";
import { spoil } from "./spoil.js";

/** A server that does not close a connection within this after its client has, has forgotten it. */
const closeTimeoutMs = 30_000;

/** How many bytes of an answer are looked at. */
const answerStart = 16;

export interface PlayOptions {
  readonly port: number;
  readonly protocol: FuzzedProtocol;
  readonly dice: Dice;
  /** The client does not end the connection, which the server is to do by its limits. */
  readonly stays: boolean;
}

/** What was sent over one connection. */
export interface Played {
  readonly malformed: number;
  /** Settles when the connection is over. */
  readonly closed: Promise<void>;
}

/** Sends some frames with some of them spoilt over a connection, and ends it in any way a client can. */
export async function playConnection({ port, protocol, dice, stays }: PlayOptions): Promise<Played> {
  const { pieces, malformed } = script(protocol, dice);
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  const closed = over(socket, protocol);
  await once(socket, "connect");
  for (const piece of pieces) {
    socket.write(piece);
    if (pieces.length > 1) await new Promise(setImmediate);
  }
  if (stays) return { malformed, closed };
  const end = dice.below(4);
  if (end === 0) socket.destroy();
  else if (end === 1) socket.resetAndDestroy();
  else socket.end();
  const timer = setTimeout(() => socket.destroy(new Error(notClosed)), closeTimeoutMs);
  await closed.finally(() => clearTimeout(timer));
  return { malformed, closed };
}

const notClosed = `the server did not close the connection within ${closeTimeoutMs} ms after its client`;

/** The pieces to write: one for all, or cut anywhere. */
function script(
  protocol: FuzzedProtocol,
  dice: Dice,
): { readonly pieces: readonly Buffer[]; readonly malformed: number } {
  const frames = [
    dice.oneIn(20) ? spoil(protocol.preface, dice.pick(protocol.frames), dice) : protocol.preface,
  ];
  let malformed = 0;
  for (let left = 1 + dice.below(3); left > 0; ) {
    if (dice.oneIn(3)) frames.push(dice.pick(protocol.frames));
    else {
      frames.push(malformedFrame(protocol, dice));
      malformed++;
      left--;
    }
  }
  const bytes = Buffer.concat(frames);
  const cut = dice.oneIn(3) ? 1 + dice.below(bytes.length) : bytes.length;
  return {
    pieces: [bytes.subarray(0, cut), bytes.subarray(cut)].filter(({ length }) => length > 0),
    malformed,
  };
}

function malformedFrame({ frames }: FuzzedProtocol, dice: Dice): Buffer {
  if (dice.oneIn(20)) return dice.bytes(1 + dice.below(200));
  return spoil(dice.pick(frames), dice.pick(frames), dice);
}

/** Settles at the end of the connection. @throws AssertionError when its answer is of no protocol. */
async function over(socket: Socket, { answers }: FuzzedProtocol): Promise<void> {
  let start = "";
  let fault: Error | undefined;
  socket.on("data", (piece: Buffer) => {
    if (start.length < answerStart) start += piece.toString("latin1", 0, answerStart);
  });
  await new Promise<void>((resolve) => {
    // A reset by the server is an end like any other.
    socket.on("error", (error) => {
      if (error.message === notClosed) fault = error;
    });
    socket.on("close", () => resolve());
  });
  if (fault) throw fault;
  assert.match(start, answers);
}
