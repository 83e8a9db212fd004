import { readFileSync } from "node:fs";
import protobuf from "protobufjs";

const file = new URL("../../../../protos/brpc/baidu_rpc_meta.proto", import.meta.url);

/** The schema as protobufjs reads it, to compare ours with. */
const schema = protobuf
  .parse(readFileSync(file, "utf8"), { keepCase: true })
  .root.lookupType("brpc.policy.RpcMeta");

/** A meta by the names of the .proto; 64-bit numbers as text, with their sign. */
export type MetaObject = Record<string, unknown>;

export function oracleEncodeMeta(meta: MetaObject): Uint8Array {
  return schema.encode(schema.fromObject(meta)).finish();
}

/** Fields that were sent. */
export function oracleDecodeMeta(bytes: Uint8Array): MetaObject {
  return schema.toObject(schema.decode(bytes), { longs: String });
}
