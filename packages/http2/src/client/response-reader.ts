import type { Connection } from "../connection/connection.js";
import { HeadCheck } from "../connection/head-check.js";
import { responseFault, trailersFault } from "../connection/header-rules.js";
import { ConnectionError } from "../frame/connection-error.js";
import { ErrorCode } from "../frame/error-code.js";
import type { HeaderField } from "../hpack/header-field.js";
import type { DecodedHeaders } from "../hpack/header-list.js";
import { Exchange } from "./exchange.js";

/** Makes answers of the header blocks of a server. */
export class ResponseReader {
  readonly #connection: Connection;
  readonly #heads = new HeadCheck(responseFault);

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  onHeaders(streamId: number, headers: DecodedHeaders, isEnd: boolean): void {
    const stream = this.#connection.streams.get(streamId);
    const exchange = stream?.receiver;
    if (stream === undefined || !(exchange instanceof Exchange)) {
      this.#onLateHeaders(streamId);
      return;
    }
    const fault = stream.isRemoteEnded
      ? { code: ErrorCode.streamClosed, reason: "HEADERS came behind its end" }
      : this.#take(exchange, headers, isEnd);
    if (fault) this.#connection.failStream(stream, fault.code, fault.reason);
    else if (isEnd && !stream.isGone) this.#connection.endRemote(stream);
  }

  /** Headers that crossed with our reset are thrown away; those behind an end have no excuse. */
  #onLateHeaders(streamId: number): void {
    const end = this.#connection.streams.endOf(streamId);
    if (end !== "ended" && end !== "reset-by-peer") {
      this.#connection.spendFrame("late_frame_flood");
      return;
    }
    throw new ConnectionError(ErrorCode.streamClosed, `HEADERS came on stream ${streamId}, which is closed`);
  }

  #take(exchange: Exchange, headers: DecodedHeaders, isEnd: boolean): Fault | undefined {
    if (headers.isTooLarge) {
      this.#connection.countLimit("header_list");
      return { code: ErrorCode.enhanceYourCalm, reason: "its headers are too large" };
    }
    const reason = exchange.hasHeaders
      ? this.#takeTrailers(exchange, headers.fields, isEnd)
      : this.#takeHead(exchange, headers.fields, isEnd);
    return reason === undefined ? undefined : { code: ErrorCode.protocolError, reason };
  }

  #takeHead(exchange: Exchange, fields: readonly HeaderField[], isEnd: boolean): string | undefined {
    const fault = this.#heads.faultOf(fields);
    if (fault) return fault;
    if (fields[0]?.value.startsWith("1")) {
      this.#connection.spendFrame("informational_flood");
      return isEnd ? "headers of an interim answer end it" : undefined;
    }
    if (exchange.stream) exchange.stream.declaredLength = this.#heads.declaredLength;
    exchange.onHeaders(fields);
    return undefined;
  }

  #takeTrailers(exchange: Exchange, fields: readonly HeaderField[], isEnd: boolean): string | undefined {
    if (!isEnd) return "HEADERS amid its body do not end it";
    const fault = trailersFault(fields);
    if (!fault) exchange.onTrailers(fields);
    return fault;
  }
}

interface Fault {
  readonly code: ErrorCode;
  readonly reason: string;
}
