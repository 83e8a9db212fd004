import {
  type Call,
  Code,
  defaultMerger,
  defineMethod,
  type ErrorDetails,
  type InferService,
  type InferServiceConf,
  type Merger,
  nearestNameHint,
  type RpcMethod,
  type RpcService,
  ServeError,
  type WorkflowMap,
} from "@paddlewheel/core";
import type { ProtoCodec, ProtoField, ProtoMethod, ProtoService } from "@paddlewheel/wire";
import { answerWithDump } from "./debug-dump.js";

type MessageObject = Readonly<Record<string, unknown>>;

const signedIntegers: ReadonlySet<string> = new Set([
  "int32",
  "int64",
  "sint32",
  "sint64",
  "sfixed32",
  "sfixed64",
]);
const unsignedIntegers: ReadonlySet<string> = new Set(["uint32", "uint64", "fixed32", "fixed64"]);

/**
 * A service with message types of its own: each of its methods runs the workflows conf gives it. Beside a method
 * `inference`, one named `debug` also dumps what each Op did. An integer field `log_id` of a request is the log id of the
 * call; a response with `err_no` or `err_code` and `err_msg` says what went wrong.
 */
export function createProtoService(proto: ProtoService, service: InferService): RpcService {
  const hasInference = proto.methods.some(({ name }) => name === "inference");
  return {
    name: proto.name,
    schema: proto.schema,
    methods: proto.methods.map((method) =>
      createMethod(method, { service, isDebug: hasInference && method.name === "debug" }),
    ),
  };
}

/**
 * Fits what conf says of a service to its message types: the field that picks its workflows, named as the .proto does,
 * becomes the one of decoded messages, and the default merger one that knows the types.
 * @throws ServeError invalidConf when there is no such field, or the service is a web service; its details name the field
 * of conf.
 */
export function fitToProto(
  proto: ProtoService,
  { conf, merger }: { readonly conf: InferServiceConf; readonly merger: Merger },
): { conf: InferServiceConf; merger: Merger } {
  if (conf.webService !== undefined) {
    const message = `web_service "${conf.webService}" needs the messages of GeneralModelService, and "${conf.name}" has others: remove it`;
    throw new ServeError(Code.invalidConf, message, { details: { field: "web_service" } });
  }
  const workflowMap = conf.workflowMap && fitWorkflowMap(proto, conf.workflowMap);
  return { conf: { ...conf, workflowMap }, merger: merger === defaultMerger ? protoMerger(proto) : merger };
}

function createMethod(
  { name, request, response }: ProtoMethod,
  { service, isDebug }: { readonly service: InferService; readonly isDebug: boolean },
): RpcMethod {
  const logIdOf = logIdReader(request);
  const errorResponse = errorResponseMaker(response);
  const handle = async (message: object, call: Call): Promise<object> => {
    // The message's log id wins over the header's.
    call.logId = logIdOf(message) || call.logId;
    // Here and not when it is encoded, as it is still known who made it.
    const check = (answer: object): void => checkAnswer(answer, response, () => service.answererOf(message));
    if (isDebug) return answerWithDump(service, message, { call, codec: response.unchecked, check });
    const answer = await service.inference(message, call);
    check(answer);
    return answer;
  };
  return defineMethod({
    name,
    request,
    response: response.unchecked,
    refusal: (call) => service.refusal(call),
    handle,
    ...(errorResponse ? { errorResponse } : {}),
  });
}

/** @throws ServeError opFailure that says which field of the answer is wrong, and in its details who made it. */
function checkAnswer(answer: object, codec: ProtoCodec, answerer: () => ErrorDetails): void {
  try {
    codec.check(answer);
  } catch (thrown) {
    throw ServeError.from(thrown).withDetails(answerer());
  }
}

/** 0 where the message has no such field. */
function logIdReader({ fields }: ProtoCodec): (message: object) => bigint {
  const field = singleField(fields, "log_id");
  if (!field || !(signedIntegers.has(field.type) || unsignedIntegers.has(field.type))) return () => 0n;
  return (message) =>
    BigInt.asUintN(64, BigInt(((message as MessageObject)[field.name] ?? 0) as number | bigint));
}

/** Undefined for a response that has no place for an error, or that could not be sent without anything else. */
function errorResponseMaker({ fields }: ProtoCodec): RpcMethod<object, object>["errorResponse"] {
  const code = singleField(fields, "err_no") ?? singleField(fields, "err_code");
  const text = singleField(fields, "err_msg");
  if (!code || !signedIntegers.has(code.type) || text?.type !== "string") return undefined;
  if (fields.some((field) => field.isRequired && field !== code && field !== text)) return undefined;
  return (error) => ({ [code.name]: error.code, [text.name]: error.message });
}

function fitWorkflowMap(proto: ProtoService, map: WorkflowMap): WorkflowMap {
  const [name = map.requestField] = proto.methods.map(({ request }) =>
    stringField(request, map.requestField),
  );
  return { ...map, requestField: name };
}

/** The name in decoded messages of a string field that the .proto calls `protoName`. */
function stringField({ typeName, fields }: ProtoCodec, protoName: string): string {
  const field = fields.find((one) => one.protoName === protoName);
  if (field?.type === "string" && field.shape === "single") return field.name;
  const strings = fields.filter(({ type, shape }) => type === "string" && shape === "single");
  const hint = nearestNameHint(
    protoName,
    strings.map((one) => one.protoName),
  );
  const what = field ? `is ${describe(field)}` : "is no field";
  const message = `request_field_key "${protoName}" ${what} of ${typeName}, must be a string of it that is not repeated${hint}`;
  throw new ServeError(Code.invalidConf, message, { details: { field: "request_field_key" } });
}

function describe({ shape, type }: ProtoField): string {
  return shape === "single"
    ? `a field of type ${type}`
    : shape === "list"
      ? `a repeated ${type}`
      : `a map of ${type}`;
}

/** Core's merger of plain objects cannot tell a default that was filled in from a value; the types of messages can. */
function protoMerger({ methods }: ProtoService): Merger {
  const [first, ...others] = methods.map(({ response }) => response);
  const isOneType = others.every(({ typeName }) => typeName === first?.typeName);
  return first && isOneType ? { name: defaultMerger.name, merge: first.merge } : defaultMerger;
}

function singleField(fields: readonly ProtoField[], protoName: string): ProtoField | undefined {
  return fields.find((field) => field.protoName === protoName && field.shape === "single");
}
