import type { MessageCodec } from "@paddlewheel/core";
import { textFormsThroughBytes } from "../dynamic/text-forms.js";
import { PackedValues } from "../protobuf/packed-values.js";
import { highHalf, lowHalf } from "../protobuf/varint-size.js";
import { WireReader } from "../protobuf/wire-reader.js";
import { WireWriter } from "../protobuf/wire-writer.js";
import { MessageBudget, MessagePart } from "../wire-limits.js";
import { decodeTensor } from "./decode-tensor.js";
import { tensorBytesHint, writeTensor } from "./encode-tensor.js";
import type { GeneralResponse, GeneralTensor, ModelOutput } from "./message.js";
import { generalModelType } from "./message-types.js";
import { int64Field } from "./number-field.js";
import { checkResponse, generalResponseJson } from "./response-json.js";

/**
 * Message Response of GeneralModelService. Tensors of a decoded response are whole and legal, as those of a request.
 * Decoding throws as that of the request does. Encoding throws opFailure for a tensor `checkTensor` refuses: it is the
 * Op that made it who is at fault, not the caller.
 */
export const generalResponseCodec: MessageCodec<GeneralResponse> = {
  typeName: "baidu.paddle_serving.predictor.general_model.Response",
  decode,
  encode,
  ...generalResponseJson,
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
      budget.take(MessagePart.outputs);
      outputs.push(reader.message("outputs", "ModelOutput", decodeOutput, budget));
    } else if (reader.fieldNumber === 2) reader.packed("profile_time", int64Field.wireType, profileTime);
    else if (reader.fieldNumber === 3) scalars.profileServer = reader.bool("profile_server");
    else if (reader.fieldNumber === 4) scalars.logId = reader.uint64("log_id");
    else if (reader.fieldNumber === 5) scalars.errNo = reader.int32("err_no");
    else if (reader.fieldNumber === 6) scalars.errMsg = reader.string("err_msg");
    else reader.skip();
  }
  budget.take(MessagePart.profileTimes, profileTime.varintCount);
  return { outputs, profileTime: Array.from(int64Field.decode(profileTime), Number), ...scalars };
}

function decodeOutput(reader: WireReader, budget: MessageBudget): ModelOutput {
  const tensors: GeneralTensor[] = [];
  let engineName = "";
  while (reader.nextField()) {
    if (reader.fieldNumber === 1) {
      budget.take(MessagePart.tensors);
      tensors.push(reader.message("tensor", "Tensor", decodeTensor, budget));
    } else if (reader.fieldNumber === 2) engineName = reader.string("engine_name");
    else reader.skip();
  }
  return { tensors, engineName };
}

function encode(response: GeneralResponse): Uint8Array {
  checkResponse(response);
  const writer = new WireWriter(bytesHint(response));
  writer.string(6, response.errMsg);
  writer.int32(5, response.errNo);
  writer.uint64(4, response.logId);
  writer.bool(3, response.profileServer);
  writeStamps(writer, response.profileTime);
  writer.messages(1, response.outputs, writeOutput);
  return writer.finish();
}

/**
 * Stamps have no fractions on the wire. Not by `integers`: V8 makes objects of the doubles in an array where it also meets
 * arrays of others, as shapes are.
 */
function writeStamps(writer: WireWriter, stamps: readonly number[]): void {
  const before = writer.size;
  for (let i = stamps.length - 1; i >= 0; i--) {
    const micros = Math.trunc(stamps[i] ?? 0);
    writer.varint(lowHalf(micros), highHalf(micros));
  }
  writer.closeFilled(2, before);
}

function writeOutput(writer: WireWriter, { tensors, engineName }: ModelOutput): void {
  writer.string(2, engineName);
  writer.messages(1, tensors, writeTensor);
}

function bytesHint({ outputs }: GeneralResponse): number {
  let size = 0;
  for (const { tensors } of outputs) size += tensorBytesHint(tensors);
  return size;
}
