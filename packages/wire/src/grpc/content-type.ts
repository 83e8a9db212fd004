const grpcContentType = /^application\/grpc(\+proto)?[ \t]*(;|$)/i;

/**
 * Whether a `content-type` says gRPC with protobuf messages: `application/grpc` or `application/grpc+proto`, with any
 * parameters. A server answers everything else, `+json` and `application/grpc-web` too, with HTTP status 415.
 * Source: gRPC's PROTOCOL-HTTP2.md.
 */
export function isGrpcContentType(value: string | undefined): boolean {
  if (value === "application/grpc" || value === "application/grpc+proto") return true;
  return value !== undefined && grpcContentType.test(value);
}
