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
export { integerText } from "./json/json-value.js";
export { parseJson } from "./json/parse-json.js";
export { wireLimits } from "./wire-limits.js";
