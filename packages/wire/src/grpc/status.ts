/** The closed set of gRPC statuses. Source: gRPC's doc/statuscodes.md. */
export const GrpcStatus = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;

export type GrpcStatus = (typeof GrpcStatus)[keyof typeof GrpcStatus];
export type GrpcStatusName = keyof typeof GrpcStatus;

const names = new Map<number, GrpcStatusName>(
  Object.entries(GrpcStatus).map(([name, status]) => [status, name as GrpcStatusName]),
);

/** The name of a status, for logs and metric labels; undefined for a number outside the set. */
export function grpcStatusName(status: number): GrpcStatusName | undefined {
  return names.get(status);
}

/** The status of a `grpc-status` trailer; `unknown` for what is no number of the set, as gRPC asks. */
export function parseGrpcStatus(text: string): GrpcStatus {
  const name = /^(0|[1-9]\d?)$/.test(text) ? names.get(Number(text)) : undefined;
  return name === undefined ? GrpcStatus.unknown : GrpcStatus[name];
}
