import { Root } from "protobufjs";
import { MessageTypeBuilder } from "../dynamic/build-message-type.js";
import type { MessageType } from "../dynamic/message-type.js";
import { descriptor } from "../gen/general-model-service.js";

/** A message of general_model_service.proto as the codecs of loaded .proto files know it. */
export function generalModelType(name: "Request" | "Response"): MessageType {
  const root = Root.fromJSON(descriptor).resolveAll();
  const declared = root.lookupType(`baidu.paddle_serving.predictor.general_model.${name}`);
  return new MessageTypeBuilder(new Map()).build(declared);
}
