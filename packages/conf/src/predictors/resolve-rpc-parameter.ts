import type { Findings } from "../diagnostic.js";
import type { LayeredSection } from "../schema/layered-section.js";
import type { RpcParameterConf } from "./predictors-conf.js";

type Protocol = RpcParameterConf["protocol"];
type CompressType = RpcParameterConf["compressType"];

const packedBy: Readonly<Record<Protocol, readonly CompressType[]>> = {
  baidu_std: [0, 1, 2, 3],
  http: [0, 2],
  "http:proto": [0, 2],
  "h2:grpc": [0, 2, 3],
  grpc: [0, 2, 3],
};

const nameOf: Readonly<Record<CompressType, string>> = { 0: "none", 1: "snappy", 2: "gzip", 3: "zlib" };

export function resolveRpcParameter(fields: LayeredSection, findings: Findings): RpcParameterConf {
  // The schema allows no other.
  const protocol = fields.string("protocol") as Protocol;
  const compressType = fields.number("compress_type") as CompressType;
  const known = packedBy[protocol];
  const place = fields.placeOf("compress_type");
  if (place && !known.includes(compressType)) {
    const names = known.map((type) => `${type} (${nameOf[type]})`).join(", ");
    findings.fault(
      place,
      `must be one of ${names} for ${protocol}, not ${compressType} (${nameOf[compressType]})`,
    );
  }
  return {
    protocol,
    compressType,
    packageSize: fields.number("package_size"),
    maxChannelPerRequest: fields.number("max_channel_per_request"),
    packRows: fields.bool("pack_rows"),
  };
}
