import type { Socket } from "node:net";
import { encodeFrameHead, FrameCutter, MetaDecoder, type RpcMeta } from "@paddlewheel/wire";
import { inferenceName } from "../workloads/bench-service.js";
import type { CallConnection, CallReceiver, CallTarget } from "./caller.js";
import { openSocket } from "./open-socket.js";
import { WriteBatch } from "./write-batch.js";

/** No answer of a bench is larger. */
const maxFrameSize = 2 ** 26;

/**
 * One baidu_std connection with many calls in flight, each with a correlation id of its own; the calls of one turn go out
 * in one write.
 */
export class BaiduStdConnection implements CallConnection {
  readonly #socket: Socket;
  readonly #batch: WriteBatch;
  readonly #request: { readonly serviceName: string; readonly methodName: string };
  readonly #metas: MetaDecoder = new MetaDecoder();
  readonly #receivers: Map<bigint, CallReceiver> = new Map();
  #lastId = 0n;
  #failure: string | undefined;

  private constructor(socket: Socket, serviceName: string) {
    this.#socket = socket;
    this.#batch = new WriteBatch(socket);
    this.#request = { serviceName, methodName: inferenceName };
    const cutter = new FrameCutter({
      maxFrameSize,
      visitor: {
        onFrame: (meta, payload) => this.#onAnswer(this.#metas.decode(meta), payload),
        onUnreadableFrame: () => this.#fail("a frame came whose meta is larger than itself"),
        onOversizedFrame: (_, { message }) => this.#fail(message),
      },
    });
    socket.on("data", (piece: Buffer) => this.#read(cutter, piece));
    socket.on("error", (error) => this.#fail(error.message));
    socket.on("close", () => this.#fail("the server closed the connection"));
  }

  static async open({ port, service }: CallTarget): Promise<BaiduStdConnection> {
    return new BaiduStdConnection(await openSocket(port), service);
  }

  call(body: Buffer, receiver: CallReceiver): void {
    if (this.#failure !== undefined) {
      receiver.onFailure(this.#failure);
      return;
    }
    this.#lastId++;
    this.#receivers.set(this.#lastId, receiver);
    const head = encodeFrameHead({ request: this.#request, correlationId: this.#lastId }, body.length);
    this.#batch.send(head, body);
  }

  close(): void {
    this.#fail("the connection was closed");
  }

  #read(cutter: FrameCutter, piece: Buffer): void {
    try {
      cutter.push(piece);
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  #onAnswer(meta: RpcMeta, payload: Uint8Array): void {
    const { correlationId } = meta;
    const receiver = this.#receivers.get(correlationId);
    if (!receiver) throw new Error(`an answer came for correlation id ${correlationId}, which is not open`);
    this.#receivers.delete(correlationId);
    const fault = faultOf(meta);
    if (fault === undefined) receiver.onAnswer(payload);
    else receiver.onFailure(fault);
  }

  #fail(reason: string): void {
    if (this.#failure !== undefined) return;
    this.#failure = reason;
    this.#socket.destroy();
    const receivers = [...this.#receivers.values()];
    this.#receivers.clear();
    for (const receiver of receivers) receiver.onFailure(reason);
  }
}

/** Why the payload is not the bare message that was asked for; undefined when it is. */
function faultOf({ response, compressType, attachmentSize }: RpcMeta): string | undefined {
  if (!response) return "a frame came that is no response";
  if (response.errorCode !== 0) return `error_code is ${response.errorCode}: ${response.errorText}`;
  if (compressType !== 0) return "the answer is compressed although none was asked for";
  return attachmentSize > 0 ? "the answer has an attachment although none was asked for" : undefined;
}
