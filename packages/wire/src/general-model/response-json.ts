import { Code, checkTensor, ServeError } from "@paddlewheel/core/message";
import { boolMember, integerMember, listMember, objectText, stringMember } from "../json/format-json.js";
import type { JsonForm } from "../json/json-form.js";
import { readBool, readInt32, readList, readObject, readString, readUint64 } from "../json/json-value.js";
import { parseJson } from "../json/parse-json.js";
import { MessageBudget, MessagePart } from "../wire-limits.js";
import type { GeneralResponse, ModelOutput } from "./message.js";
import { int64Json } from "./number-json.js";
import { readTensors, tensorJson } from "./tensor-json.js";

/** Message Response of GeneralModelService as JSON; throws as `generalResponseCodec` does. */
export const generalResponseJson: JsonForm<GeneralResponse> = { decodeJson, encodeJson };

function decodeJson(text: string): GeneralResponse {
  const json = readObject(parseJson(text), "the response");
  const budget = new MessageBudget();
  const outputs = readList(json.outputs, "outputs");
  const profileTime = readList(json.profile_time, "profile_time");
  budget.take(MessagePart.outputs, outputs.length);
  budget.take(MessagePart.profileTimes, profileTime.length);
  return {
    outputs: outputs.map((output, i) => readOutput(output, `outputs[${i}]`, budget)),
    profileTime: Array.from(int64Json.parse(profileTime, "profile_time"), Number),
    profileServer: readBool(json.profile_server, "profile_server"),
    logId: readUint64(json.log_id, "log_id"),
    errNo: readInt32(json.err_no, "err_no"),
    errMsg: readString(json.err_msg, "err_msg"),
  };
}

function readOutput(value: unknown, path: string, budget: MessageBudget): ModelOutput {
  const json = readObject(value, path);
  return {
    tensors: readTensors(json.tensor, `${path}.tensor`, budget),
    engineName: readString(json.engine_name, `${path}.engine_name`),
  };
}

function encodeJson(response: GeneralResponse): string {
  checkResponse(response);
  return objectText([
    listMember(
      "outputs",
      response.outputs.map(({ tensors, engineName }) =>
        objectText([listMember("tensor", tensors.map(tensorJson)), stringMember("engine_name", engineName)]),
      ),
    ),
    listMember("profile_time", response.profileTime.map(Math.trunc).map(String)),
    boolMember("profile_server", response.profileServer),
    integerMember("log_id", BigInt.asUintN(64, response.logId)),
    integerMember("err_no", response.errNo),
    stringMember("err_msg", response.errMsg),
  ]);
}

/** @throws ServeError opFailure for a tensor that is none: the Op that made it is at fault, not the caller. */
export function checkResponse({ outputs }: GeneralResponse): void {
  try {
    for (const { tensors } of outputs) for (const tensor of tensors) checkTensor(tensor.name, tensor);
  } catch (error) {
    throw error instanceof ServeError ? new ServeError(Code.opFailure, error.message) : error;
  }
}
