export { checksumOf, verifyChecksum } from "./baidu-std/checksum.js";
export { FrameCutter, type FrameCutterOptions, type FrameVisitor } from "./baidu-std/frame-cutter.js";
export { encodeFrameHead, frameHeaderSize, type OutgoingMeta } from "./baidu-std/frame-head.js";
export {
  isCompressType,
  type PackedMessage,
  packMessage,
  unpackMessage,
} from "./baidu-std/message-packing.js";
export { MetaDecoder } from "./baidu-std/meta-decoder.js";
export {
  ChecksumType,
  CompressType,
  type RpcMeta,
  type RpcRequestMeta,
  type RpcResponseMeta,
} from "./baidu-std/rpc-meta.js";
export {
  minCompressedSize,
  packZlib,
  type UnpackZlibOptions,
  unpackZlib,
  type ZlibFormat,
} from "./compression/zlib-format.js";
export { camelCase } from "./dynamic/build-message-type.js";
export {
  loadProtoService,
  type ProtoMethod,
  type ProtoService,
  type ProtoServiceOptions,
} from "./dynamic/load-proto-service.js";
export type { ProtoCodec, ProtoField } from "./dynamic/message-codec.js";
export { descriptor as generalModelServiceDescriptor } from "./gen/general-model-service.js";
export {
  type GeneralRequest,
  type GeneralResponse,
  type GeneralTensor,
  generalModelServiceName,
  type ModelOutput,
} from "./general-model/message.js";
export { generalRequestCodec } from "./general-model/request-codec.js";
export { generalResponseCodec } from "./general-model/response-codec.js";
export {
  acceptedEncodings,
  type CompressedMessage,
  compressMessage,
  type DecompressOptions,
  decompressMessage,
  type MessageEncoding,
  parseMessageEncoding,
  pickMessageEncoding,
} from "./grpc/compression.js";
export { isGrpcContentType } from "./grpc/content-type.js";
export { frameMessage, messagePrefixSize, writeMessagePrefix } from "./grpc/frame-message.js";
export { MessageReader, type MessageReaderOptions } from "./grpc/message-reader.js";
export {
  decodeBinaryHeader,
  decodeMetadata,
  encodeBinaryHeader,
  encodeMetadata,
  isReservedHeader,
  type MetadataEntry,
  type MetadataHeader,
} from "./grpc/metadata.js";
export { GrpcStatus, type GrpcStatusName, grpcStatusName, parseGrpcStatus } from "./grpc/status.js";
export {
  decodeStatusDetails,
  encodeStatusDetails,
  type StatusDetails,
  statusDetailsHeader,
} from "./grpc/status-details.js";
export { decodeStatusMessage, encodeStatusMessage, maxStatusMessageSize } from "./grpc/status-message.js";
export { formatGrpcTimeout, maxGrpcTimeoutMs, parseGrpcTimeout } from "./grpc/timeout.js";
export { integerText } from "./json/json-value.js";
export { longInteger, parseJson } from "./json/parse-json.js";
export { messageTooLarge } from "./message-too-large.js";
export { wireLimits } from "./wire-limits.js";
