import { nearestNameHint, quoteNames } from "@paddlewheel/core";
import type { Method, Service } from "protobufjs";
import { MessageTypeBuilder } from "./build-message-type.js";
import { loadProtoFiles, type ProtoFiles, type ReadFile } from "./load-proto-files.js";
import { createMessageCodec, type ProtoCodec } from "./message-codec.js";
import type { ProtoSource } from "./proto-source.js";
import { resolveTypes, servicesIn } from "./resolve-types.js";

export interface ProtoServiceOptions {
  /** Path of the .proto file. */
  readonly file: string;
  /** Full or short name of the service; may be left out when the file has only one. */
  readonly service?: string | undefined;
  /** Gives the text of a file, and throws when there is none; from disk by default. */
  readonly readFile?: ReadFile;
}

export interface ProtoMethod {
  readonly name: string;
  readonly request: ProtoCodec;
  readonly response: ProtoCodec;
}

/** A service with message types of its own, as its .proto declares it. */
export interface ProtoService {
  /** Full name, `package.Service`. */
  readonly name: string;
  readonly methods: readonly ProtoMethod[];
  /** protobufjs's JSON descriptor of the file and all it imports, names as they are written. */
  readonly schema: object;
}

/**
 * Loads one service from a .proto file of proto2 or proto3. Imports are looked for beside the file and among the
 * well-known types of google/protobuf; options are stepped over, those of Paddle's pds_option.proto too when that
 * file is not there, and so are extensions.
 * @throws ServeError invalidConf with file and line: a file that is none, an import or type that is not there, no such
 * service, a streaming method, a group.
 */
export function loadProtoService(options: ProtoServiceOptions): ProtoService {
  const files = loadProtoFiles(options.file, options.readFile);
  resolveTypes(files);
  const service = findService(files, options);
  const source = sourceOf(files, service);
  const types = new MessageTypeBuilder(files.sources);
  const methods = service.methodsArray.map((method): ProtoMethod => {
    refuseStreams(method, source);
    return {
      name: method.name,
      request: createMessageCodec(types.build(service.lookupType(method.requestType)), "request"),
      response: createMessageCodec(types.build(service.lookupType(method.responseType)), "response"),
    };
  });
  if (methods.length === 0)
    throw source.faultAt(["service", service.name], `service ${service.name} has no method`);
  return { name: service.fullName.slice(1), methods, schema: files.root.toJSON() };
}

function findService(files: ProtoFiles, { file, service: name }: ProtoServiceOptions): Service {
  const declared = servicesIn(files.root);
  const names = declared.map((one) => one.fullName.slice(1));
  if (name === undefined) {
    const [only, second] = declared.filter((one) => one.filename === file);
    if (only && !second) return only;
    const what = only
      ? `has the services ${quoteNames(names)}; name the one to serve`
      : "declares no service";
    throw mainSource(files).fault(undefined, what);
  }
  const found =
    declared.find((one) => one.fullName === `.${name}`) ?? declared.find((one) => one.name === name);
  if (found) return found;
  const what = `has no service "${name}"${nearestNameHint(name, names)}; it has ${quoteNames(names)}`;
  throw mainSource(files).fault(undefined, what);
}

function refuseStreams({ name, requestStream, responseStream }: Method, source: ProtoSource): void {
  if (!requestStream && !responseStream) return;
  const what = `method "${name}" streams, which cannot be served; take "stream" out, or the method`;
  throw source.faultAt(["rpc", name], what);
}

function sourceOf(files: ProtoFiles, { filename }: Service): ProtoSource {
  return files.sources.get(filename ?? "") ?? mainSource(files);
}

function mainSource({ sources }: ProtoFiles): ProtoSource {
  const [first] = sources.values();
  if (!first) throw new Error("a loaded .proto has a source");
  return first;
}
