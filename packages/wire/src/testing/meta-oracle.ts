import protobuf from "protobufjs";

/** The schema as protobufjs reads it, to compare ours with. */
const schema = protobuf
  .parse(
    `syntax = "proto2";
  message RpcMeta {
    optional RpcRequestMeta request = 1;
    optional RpcResponseMeta response = 2;
    optional int32 compress_type = 3;
    optional uint64 correlation_id = 4;
    optional int32 attachment_size = 5;
    optional Pair chunk_info = 6;
    optional bytes authentication_data = 7;
    optional Pair stream_settings = 8;
    map<string, string> user_fields = 9;
    optional int32 content_type = 10;
    optional int32 checksum_type = 11;
    optional bytes checksum_value = 12;
    optional bool checksum_with_attachment = 13;
    optional string unknown = 99;
  }
  message RpcRequestMeta {
    required string service_name = 1;
    required string method_name = 2;
    optional uint64 log_id = 3;
    optional uint64 trace_id = 4;
    optional uint64 span_id = 5;
    optional uint64 parent_span_id = 6;
    optional string request_id = 7;
    optional int32 timeout_ms = 8;
    optional fixed64 unknown = 77;
  }
  message RpcResponseMeta { optional int32 error_code = 1; optional string error_text = 2; }
  message Pair { optional int64 a = 1; optional int64 b = 2; }`,
    { keepCase: true },
  )
  .root.lookupType("RpcMeta");

/** A meta by the names of the .proto; 64-bit numbers as text. */
export type MetaObject = Record<string, unknown>;

export function oracleEncodeMeta(meta: MetaObject): Uint8Array {
  return schema.encode(schema.fromObject(meta)).finish();
}

/** Fields that were sent. */
export function oracleDecodeMeta(bytes: Uint8Array): MetaObject {
  return schema.toObject(schema.decode(bytes), { longs: String });
}
