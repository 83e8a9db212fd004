import { checkTensor } from "@paddlewheel/core/message";
import { boolMember, integerMember, listMember, objectText, stringsMember } from "../json/format-json.js";
import type { JsonForm } from "../json/json-form.js";
import { readBool, readObject, readStrings, readUint64 } from "../json/json-value.js";
import { parseJson } from "../json/parse-json.js";
import { MessageBudget, MessagePart } from "../wire-limits.js";
import type { GeneralRequest } from "./message.js";
import { readTensors, tensorJson } from "./tensor-json.js";

/** Message Request of GeneralModelService as JSON; throws as `generalRequestCodec` does. */
export const generalRequestJson: JsonForm<GeneralRequest> = { decodeJson, encodeJson };

function decodeJson(text: string): GeneralRequest {
  const json = readObject(parseJson(text), "the request");
  const budget = new MessageBudget();
  const tensors = readTensors(json.tensor, "tensor", budget);
  const fetchVarNames = readStrings(json.fetch_var_names, "fetch_var_names");
  budget.take(MessagePart.fetchVarNames, fetchVarNames.length);
  return {
    tensors,
    fetchVarNames,
    profileServer: readBool(json.profile_server, "profile_server"),
    logId: readUint64(json.log_id, "log_id"),
  };
}

function encodeJson(request: GeneralRequest): string {
  checkRequest(request);
  return objectText([
    listMember("tensor", request.tensors.map(tensorJson)),
    stringsMember("fetch_var_names", request.fetchVarNames),
    boolMember("profile_server", request.profileServer),
    integerMember("log_id", BigInt.asUintN(64, request.logId)),
  ]);
}

/** @throws ServeError invalidArgument for a tensor that is none. */
export function checkRequest({ tensors }: GeneralRequest): void {
  for (const tensor of tensors) checkTensor(tensor.name, tensor);
}
