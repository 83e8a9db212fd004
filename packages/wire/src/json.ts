// The JSON of GeneralModelService, without what reads bytes: browsers load it, which have no Buffers and no zlib.
export type { GeneralRequest, GeneralResponse, GeneralTensor, ModelOutput } from "./general-model/message.js";
export { generalRequestJson } from "./general-model/request-json.js";
export { generalResponseJson } from "./general-model/response-json.js";
export { formatGrpcTimeout } from "./grpc/timeout.js";
export type { JsonForm } from "./json/json-form.js";
export { messageTooLarge } from "./message-too-large.js";
