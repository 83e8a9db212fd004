import type { MessageCodec } from "@paddlewheel/core";
import { textFormsThroughBytes } from "../dynamic/text-forms.js";
import { WireReader } from "../protobuf/wire-reader.js";
import { WireWriter } from "../protobuf/wire-writer.js";
import { MessageBudget, MessagePart } from "../wire-limits.js";
import { decodeTensor } from "./decode-tensor.js";
import { tensorBytesHint, writeStrings, writeTensor } from "./encode-tensor.js";
import type { GeneralRequest, GeneralTensor } from "./message.js";
import { generalModelType } from "./message-types.js";
import { checkRequest, generalRequestJson } from "./request-json.js";

/**
 * Message Request of GeneralModelService. Tensors of a decoded request are whole and legal: type, shape and data fit.
 * Decoding throws ServeError malformedRequest for what is no such message, and invalidArgument for one that makes no
 * sense; encoding throws invalidArgument for a tensor `checkTensor` refuses.
 */
export const generalRequestCodec: MessageCodec<GeneralRequest> = {
  typeName: "baidu.paddle_serving.predictor.general_model.Request",
  decode,
  encode,
  ...generalRequestJson,
  ...textFormsThroughBytes({ decode, encode }, "the request", () => generalModelType("Request")),
};

function decode(bytes: Uint8Array, isOwned = false): GeneralRequest {
  const reader = new WireReader(bytes, "Request", isOwned);
  const budget = new MessageBudget();
  const tensors: GeneralTensor[] = [];
  const fetchVarNames: string[] = [];
  let profileServer = false;
  let logId = 0n;
  while (reader.nextField()) {
    if (reader.fieldNumber === 1) {
      budget.take(MessagePart.tensors);
      tensors.push(reader.message("tensor", "Tensor", decodeTensor, budget));
    } else if (reader.fieldNumber === 2) {
      budget.take(MessagePart.fetchVarNames);
      fetchVarNames.push(reader.string("fetch_var_names"));
    } else if (reader.fieldNumber === 3) profileServer = reader.bool("profile_server");
    else if (reader.fieldNumber === 4) logId = reader.uint64("log_id");
    else reader.skip();
  }
  return { tensors, fetchVarNames, profileServer, logId };
}

function encode(request: GeneralRequest): Uint8Array {
  checkRequest(request);
  const writer = new WireWriter(tensorBytesHint(request.tensors));
  writer.uint64(4, request.logId);
  writer.bool(3, request.profileServer);
  writeStrings(writer, 2, request.fetchVarNames);
  writer.messages(1, request.tensors, writeTensor);
  return writer.finish();
}
