import { toPrediction } from "@paddlewheel/client";
import { Code, nameHint, ServeError } from "@paddlewheel/core";
import {
  generalModelServiceName,
  generalRequestCodec,
  generalResponseCodec,
  loadProtoService,
  type ProtoMethod,
  type ProtoServiceOptions,
} from "@paddlewheel/wire";
import type { FlagValues } from "../flags/flag-values.js";
import { UsageError } from "../usage-error.js";
import { readRequest } from "./read-request.js";
import { renderPrediction } from "./render-prediction.js";
import { textOrFile } from "./text-or-file.js";

/** A message, for whom it is, and how to read what comes back. */
export interface ServiceMessage {
  /** Full protobuf name. */
  readonly service: string;
  readonly method: string;
  readonly message: Uint8Array;
  /** An answer as JSON. @throws ServeError for one that is an error, or cannot be read. */
  render(answer: Uint8Array): string;
}

/**
 * The message that the flags ask for: feeds for a model, or JSON for a service of a .proto.
 * @throws UsageError for flags that do not go together; ServeError for a message that the service cannot take.
 */
export function readServiceMessage(values: FlagValues): ServiceMessage {
  const file = values.text("proto");
  const request = values.text("request");
  if (file === undefined) {
    for (const name of ["request", "method"]) {
      if (values.has(name)) throw new UsageError(`--${name}: needs --proto`);
    }
    return generalMessage(values);
  }
  if (values.has("feed")) throw new UsageError("--feed: is for models; with --proto give --request");
  if (request === undefined) throw new UsageError("--request: name the message, as JSON or @FILE");
  return protoMessage(file, textOrFile(request), values);
}

function generalMessage(values: FlagValues): ServiceMessage {
  return {
    service: values.text("service") ?? generalModelServiceName,
    method: "inference",
    message: generalRequestCodec.encode(readRequest(values)),
    render: (answer) => renderPrediction(toPrediction(generalResponseCodec.decode(answer))),
  };
}

function protoMessage(file: string, json: string, values: FlagValues): ServiceMessage {
  const { service, method } = findMethod({ file, service: values.text("service") }, values.text("method"));
  return {
    service,
    method: method.name,
    message: method.request.encode(method.request.decodeJson(json)),
    render: (answer) => method.response.encodeJson(method.response.decode(answer)),
  };
}

/** @throws ServeError for a .proto that cannot be used, or methodNotFound. */
export function findMethod(
  from: ProtoServiceOptions,
  wanted = "inference",
): { readonly service: string; readonly method: ProtoMethod } {
  const { name: service, methods } = loadProtoService(from);
  const method = methods.find(({ name }) => name === wanted);
  if (!method) {
    const names = methods.map(({ name }) => name);
    throw new ServeError(
      Code.methodNotFound,
      `${service} has no method "${wanted}"${nameHint(wanted, names)}`,
    );
  }
  return { service, method };
}
