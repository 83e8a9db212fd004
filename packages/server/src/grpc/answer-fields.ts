import { codeName, type ServeError } from "@paddlewheel/core";
import type { HeaderField } from "@paddlewheel/http2";
import {
  acceptedEncodings,
  encodeStatusDetails,
  encodeStatusMessage,
  type MessageEncoding,
  statusDetailsHeader,
} from "@paddlewheel/wire";
import type { AnswerReports } from "../rpc/answer-reports.js";
import { grpcStatus } from "../rpc/grpc-status.js";

/** The head of every answer. One array, as are the other lists here: HTTP/2 encodes what it knows by its identity once. */
const head: readonly HeaderField[] = [
  { name: ":status", value: "200" },
  { name: "content-type", value: "application/grpc" },
  { name: "grpc-accept-encoding", value: acceptedEncodings },
];

export const answerHead: Readonly<Record<MessageEncoding, readonly HeaderField[]>> = {
  identity: head,
  gzip: [...head, { name: "grpc-encoding", value: "gzip" }],
  deflate: [...head, { name: "grpc-encoding", value: "deflate" }],
};

const okStatus: readonly HeaderField[] = [{ name: "grpc-status", value: "0" }];

/** Of reports that answer after answer comes with. */
const trailersOf = new WeakMap<AnswerReports, readonly HeaderField[]>();

/** The trailers behind a message. */
export function okTrailers(reports?: AnswerReports): readonly HeaderField[] {
  if (!reports) return okStatus;
  const known = trailersOf.get(reports);
  if (known) return known;
  const fields = [...okStatus, ...reportFields(reports)];
  trailersOf.set(reports, fields);
  return fields;
}

function reportFields(reports: AnswerReports): HeaderField[] {
  return reports.map(([name, value]) => ({ name, value }));
}

/** The trailers that tell an error; the number gRPC has no place for travels as `x-bd-error-code`. */
export function errorTrailers(error: ServeError, reports?: AnswerReports): readonly HeaderField[] {
  const status = grpcStatus[codeName(error.code) ?? "internal"];
  const fields = [
    { name: "grpc-status", value: String(status) },
    { name: "grpc-message", value: encodeStatusMessage(error.message) },
    { name: "x-bd-error-code", value: String(error.code) },
    { name: statusDetailsHeader, value: encodeStatusDetails(status, error) },
  ];
  return reports ? [...fields, ...reportFields(reports)] : fields;
}

/** An answer that is an error and nothing else. */
export function errorAnswer(error: ServeError, reports?: AnswerReports): readonly HeaderField[] {
  return [...head, ...errorTrailers(error, reports)];
}
