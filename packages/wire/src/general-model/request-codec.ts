import { checkTensor, type MessageCodec } from "@paddlewheel/core";
import { textFormsThroughBytes } from "../dynamic/text-forms.js";
import { boolMember, integerMember, listMember, objectText, stringsMember } from "../json/format-json.js";
import { readBool, readObject, readStrings, readUint64 } from "../json/json-value.js";
import { parseJson } from "../json/parse-json.js";
import { WireReader } from "../protobuf/wire-reader.js";
import { WireWriter } from "../protobuf/wire-writer.js";
import { MessageBudget } from "../wire-limits.js";
import { decodeTensor } from "./decode-tensor.js";
import { tensorBytesHint, writeStrings, writeTensors } from "./encode-tensor.js";
import type { GeneralRequest, GeneralTensor } from "./message.js";
import { generalModelType } from "./message-types.js";
import { readTensors, tensorJson } from "./tensor-json.js";

/**
 * Message Request of GeneralModelService. Tensors of a decoded request are whole and legal: type, shape and data fit.
 * Decoding throws ServeError malformedRequest for what is no such message, and invalidArgument for one that makes no
 * sense; encoding throws invalidArgument for a tensor `checkTensor` refuses.
 */
export const generalRequestCodec: MessageCodec<GeneralRequest> = {
  typeName: "baidu.paddle_serving.predictor.general_model.Request",
  decode,
  encode,
  decodeJson,
  encodeJson,
  ...textFormsThroughBytes({ decode, encode }, "the request", () => generalModelType("Request")),
};

function decode(bytes: Uint8Array, isOwned = false): GeneralRequest {
  const reader = new WireReader(bytes, "Request", isOwned);
  const budget = new MessageBudget();
  const tensors: GeneralTensor[] = [];
  const fetchVarNames: string[] = [];
  const scalars = { profileServer: false, logId: 0n };
  while (reader.nextField()) {
    if (reader.fieldNumber === 1) {
      budget.take("tensors");
      tensors.push(reader.message("tensor", "Tensor", () => decodeTensor(reader, budget)));
    } else if (reader.fieldNumber === 2) {
      budget.take("fetchVarNames");
      fetchVarNames.push(reader.string("fetch_var_names"));
    } else if (reader.fieldNumber === 3) scalars.profileServer = reader.bool("profile_server");
    else if (reader.fieldNumber === 4) scalars.logId = reader.uint64("log_id");
    else reader.skip();
  }
  return { tensors, fetchVarNames, ...scalars };
}

function encode(request: GeneralRequest): Uint8Array {
  checkTensors(request);
  const writer = new WireWriter(tensorBytesHint(request.tensors));
  writer.uint64(4, request.logId);
  writer.bool(3, request.profileServer);
  writeStrings(writer, 2, request.fetchVarNames);
  writeTensors(writer, 1, request.tensors);
  return writer.finish();
}

function decodeJson(text: string): GeneralRequest {
  const json = readObject(parseJson(text), "the request");
  const budget = new MessageBudget();
  const tensors = readTensors(json.tensor, "tensor", budget);
  const fetchVarNames = readStrings(json.fetch_var_names, "fetch_var_names");
  budget.take("fetchVarNames", fetchVarNames.length);
  return {
    tensors,
    fetchVarNames,
    profileServer: readBool(json.profile_server, "profile_server"),
    logId: readUint64(json.log_id, "log_id"),
  };
}

function encodeJson(request: GeneralRequest): string {
  checkTensors(request);
  return objectText([
    listMember("tensor", request.tensors.map(tensorJson)),
    stringsMember("fetch_var_names", request.fetchVarNames),
    boolMember("profile_server", request.profileServer),
    integerMember("log_id", BigInt.asUintN(64, request.logId)),
  ]);
}

function checkTensors({ tensors }: GeneralRequest): void {
  for (const tensor of tensors) checkTensor(tensor.name, tensor);
}
