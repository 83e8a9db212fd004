import { Code, checkTensor, type MessageCodec, ServeError } from "@paddlewheel/core";
import { textFormsThroughBytes } from "../dynamic/text-forms.js";
import { boolMember, integerMember, listMember, objectText, stringMember } from "../json/format-json.js";
import { readBool, readInt32, readList, readObject, readString, readUint64 } from "../json/json-value.js";
import { parseJson } from "../json/parse-json.js";
import { PackedValues } from "../protobuf/packed-values.js";
import { WireReader } from "../protobuf/wire-reader.js";
import { WireWriter } from "../protobuf/wire-writer.js";
import { MessageBudget } from "../wire-limits.js";
import { decodeTensor } from "./decode-tensor.js";
import { tensorBytesHint, writeTensors } from "./encode-tensor.js";
import type { GeneralResponse, GeneralTensor, ModelOutput } from "./message.js";
import { generalModelType } from "./message-types.js";
import { int64Field } from "./number-field.js";
import { readTensors, tensorJson } from "./tensor-json.js";

/**
 * Message Response of GeneralModelService. Tensors of a decoded response are whole and legal, as those of a request.
 * Decoding throws as that of the request does. Encoding throws opFailure for a tensor `checkTensor` refuses: it is the
 * Op that made it who is at fault, not the caller.
 */
export const generalResponseCodec: MessageCodec<GeneralResponse> = {
  typeName: "baidu.paddle_serving.predictor.general_model.Response",
  decode,
  encode,
  decodeJson,
  encodeJson,
  ...textFormsThroughBytes({ decode, encode }, "the response", () => generalModelType("Response")),
};

function decode(bytes: Uint8Array, isOwned = false): GeneralResponse {
  const reader = new WireReader(bytes, "Response", isOwned);
  const budget = new MessageBudget();
  const outputs: ModelOutput[] = [];
  const profileTime = new PackedValues();
  const scalars = { profileServer: false, logId: 0n, errNo: 0, errMsg: "" };
  while (reader.nextField()) {
    if (reader.fieldNumber === 1) {
      budget.take("outputs");
      outputs.push(reader.message("outputs", "ModelOutput", () => decodeOutput(reader, budget)));
    } else if (reader.fieldNumber === 2) reader.packed("profile_time", int64Field.wireType, profileTime);
    else if (reader.fieldNumber === 3) scalars.profileServer = reader.bool("profile_server");
    else if (reader.fieldNumber === 4) scalars.logId = reader.uint64("log_id");
    else if (reader.fieldNumber === 5) scalars.errNo = reader.int32("err_no");
    else if (reader.fieldNumber === 6) scalars.errMsg = reader.string("err_msg");
    else reader.skip();
  }
  budget.take("profileTimes", profileTime.varintCount);
  return { outputs, profileTime: Array.from(int64Field.decode(profileTime), Number), ...scalars };
}

function decodeOutput(reader: WireReader, budget: MessageBudget): ModelOutput {
  const tensors: GeneralTensor[] = [];
  let engineName = "";
  while (reader.nextField()) {
    if (reader.fieldNumber === 1) {
      budget.take("tensors");
      tensors.push(reader.message("tensor", "Tensor", () => decodeTensor(reader, budget)));
    } else if (reader.fieldNumber === 2) engineName = reader.string("engine_name");
    else reader.skip();
  }
  return { tensors, engineName };
}

function encode(response: GeneralResponse): Uint8Array {
  checkTensors(response);
  const writer = new WireWriter(bytesHint(response));
  writer.string(6, response.errMsg);
  writer.int32(5, response.errNo);
  writer.uint64(4, response.logId);
  writer.bool(3, response.profileServer);
  writer.integers(2, wholeMicros(response));
  for (let i = response.outputs.length - 1; i >= 0; i--) {
    const before = writer.size;
    const output = response.outputs[i];
    writer.string(2, output?.engineName);
    writeTensors(writer, 1, output?.tensors ?? []);
    writer.close(1, before);
  }
  return writer.finish();
}

function bytesHint({ outputs }: GeneralResponse): number {
  let size = 0;
  for (const { tensors } of outputs) size += tensorBytesHint(tensors);
  return size;
}

function decodeJson(text: string): GeneralResponse {
  const json = readObject(parseJson(text), "the response");
  const budget = new MessageBudget();
  const outputs = readList(json.outputs, "outputs");
  const profileTime = readList(json.profile_time, "profile_time");
  budget.take("outputs", outputs.length);
  budget.take("profileTimes", profileTime.length);
  return {
    outputs: outputs.map((output, i) => readOutput(output, `outputs[${i}]`, budget)),
    profileTime: Array.from(int64Field.parseJson(profileTime, "profile_time"), Number),
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
  checkTensors(response);
  return objectText([
    listMember(
      "outputs",
      response.outputs.map(({ tensors, engineName }) =>
        objectText([listMember("tensor", tensors.map(tensorJson)), stringMember("engine_name", engineName)]),
      ),
    ),
    listMember("profile_time", wholeMicros(response).map(String)),
    boolMember("profile_server", response.profileServer),
    integerMember("log_id", BigInt.asUintN(64, response.logId)),
    integerMember("err_no", response.errNo),
    stringMember("err_msg", response.errMsg),
  ]);
}

function wholeMicros({ profileTime }: GeneralResponse): number[] {
  return profileTime.map(Math.trunc);
}

function checkTensors({ outputs }: GeneralResponse): void {
  try {
    for (const { tensors } of outputs) for (const tensor of tensors) checkTensor(tensor.name, tensor);
  } catch (error) {
    throw error instanceof ServeError ? new ServeError(Code.opFailure, error.message) : error;
  }
}
