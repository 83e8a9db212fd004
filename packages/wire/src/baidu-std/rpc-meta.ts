/**
 * What stands before the message in a frame, as protos/brpc/baidu_rpc_meta.proto declares it. A field that was not sent
 * has the default of its type. `chunk_info` and `stream_settings` are left out: nobody here acts on them.
 */
export interface RpcMeta {
  /** In requests. */
  readonly request: RpcRequestMeta | undefined;
  /** In responses. */
  readonly response: RpcResponseMeta | undefined;
  /** A `CompressType`, or a number that is none. */
  readonly compressType: number;
  /** Chosen by the caller, the same in the response. Modulo 2^64, as all ids: brpc's types differ in the sign. */
  readonly correlationId: bigint;
  /** Bytes of the payload, at its end, that belong to the attachment; 0 or less for none. */
  readonly attachmentSize: number;
  /** In the first request of a connection, where brpc's peers authenticate. */
  readonly authenticationData: Uint8Array;
  readonly userFields: ReadonlyMap<string, string>;
  /** 0 protobuf, 1 brpc's JSON, 2 protobuf's JSON, 3 protobuf's text format; any other is read as 0. */
  readonly contentType: number;
  /** A `ChecksumType`, or a number that is none. */
  readonly checksumType: number;
  readonly checksumValue: Uint8Array;
  readonly isChecksumWithAttachment: boolean;
}

export interface RpcRequestMeta {
  /** With its package or without. */
  readonly serviceName: string;
  readonly methodName: string;
  readonly logId: bigint;
  readonly traceId: bigint;
  readonly spanId: bigint;
  readonly parentSpanId: bigint;
  readonly requestId: string;
  /** Time the caller gives, in ms; 0 when it does not say. */
  readonly timeoutMs: number;
}

export interface RpcResponseMeta {
  /** 0 when the call succeeded. */
  readonly errorCode: number;
  readonly errorText: string;
}

/** How a message is packed. Source: brpc options.proto; its LZ4 (4) has no handler there either. */
export const CompressType = { none: 0, snappy: 1, gzip: 2, zlib: 3 } as const;
export type CompressType = (typeof CompressType)[keyof typeof CompressType];

export const ChecksumType = { none: 0, crc32c: 1 } as const;
export type ChecksumType = (typeof ChecksumType)[keyof typeof ChecksumType];
