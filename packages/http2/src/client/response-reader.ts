import type { Connection } from "../connection/connection.js";
import { declaredLength, responseFault, trailersFault } from "../connection/header-rules.js";
import { ConnectionError } from "../frame/connection-error.js";
import { ErrorCode } from "../frame/error-code.js";
import type { HeaderField } from "../hpack/header-field.js";
import type { DecodedHeaders } from "../hpack/header-list.js";
import { Exchange } from "./exchange.js";

/** Makes answers of the header blocks of a server. */
export class ResponseReader {
  readonly #connection: Connection;
  /** The header list checked last and what was found: servers send the same one again and again. */
  #checkedFields: readonly HeaderField[] | undefined;
  #checkedLength: number | undefined;
  #checkedTrailers: readonly HeaderField[] | undefined;

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
    const fault = this.#headFault(fields);
    if (fault) return fault;
    if (fields[0]?.value.startsWith("1")) {
      this.#connection.spendFrame("informational_flood");
      return isEnd ? "headers of an interim answer end it" : undefined;
    }
    if (exchange.stream) exchange.stream.declaredLength = this.#checkedLength;
    exchange.onHeaders(fields);
    return undefined;
  }

  #headFault(fields: readonly HeaderField[]): string | undefined {
    if (fields === this.#checkedFields) return undefined;
    const fault = responseFault(fields);
    if (fault) return fault;
    const length = declaredLength(fields);
    if (Number.isNaN(length)) return "content-length is no length";
    this.#checkedFields = fields;
    this.#checkedLength = length;
    return undefined;
  }

  #takeTrailers(exchange: Exchange, fields: readonly HeaderField[], isEnd: boolean): string | undefined {
    if (!isEnd) return "HEADERS amid its body do not end it";
    if (fields !== this.#checkedTrailers) {
      const fault = trailersFault(fields);
      if (fault) return fault;
      this.#checkedTrailers = fields;
    }
    exchange.onTrailers(fields);
    return undefined;
  }
}

interface Fault {
  readonly code: ErrorCode;
  readonly reason: string;
}
