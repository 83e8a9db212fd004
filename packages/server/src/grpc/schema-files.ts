import { fromJSON } from "@grpc/proto-loader";
import { protoMethod } from "../rpc/proto-codec.js";

/** As much of google.protobuf.FileDescriptorProto as names what a file declares. Source: descriptor.proto. */
const descriptorProto = `
  syntax = "proto3";
  message File {
    string name = 1;
    string package = 2;
    repeated Message message_type = 4;
    repeated Named enum_type = 5;
    repeated Service service = 6;
  }
  message Message { string name = 1; repeated Message nested_type = 3; repeated Named enum_type = 4; }
  message Service { string name = 1; repeated Named method = 2; }
  message Named { string name = 1; }
  service Files { rpc Read(File) returns (File); }
`;

interface Named {
  readonly name: string;
}

interface MessageDescriptor extends Named {
  readonly nestedType: readonly MessageDescriptor[];
  readonly enumType: readonly Named[];
}

interface FileDescriptor extends Named {
  readonly package: string;
  readonly messageType: readonly MessageDescriptor[];
  readonly enumType: readonly Named[];
  readonly service: readonly (Named & { readonly method: readonly Named[] })[];
}

/** The files of a schema as protobuf's descriptors, one for each package. */
export class SchemaFiles {
  readonly #files: readonly Uint8Array[];
  readonly #byName = new Map<string, Uint8Array>();
  readonly #bySymbol = new Map<string, Uint8Array>();

  /** @param schema protobufjs's JSON descriptor. */
  constructor(schema: object) {
    this.#files = filesOf(schema);
    const { request } = protoMethod(descriptorProto);
    for (const bytes of this.#files) this.#index(request.decode(bytes) as FileDescriptor, bytes);
  }

  /** The file of that name, and behind it all others: it may import any of them. Undefined when there is none. */
  ofName(name: string): readonly Uint8Array[] | undefined {
    return this.#withOthers(this.#byName.get(name));
  }

  /** As `ofName`, for the file that declares a message, an enum, a service or a method by its full name. */
  ofSymbol(symbol: string): readonly Uint8Array[] | undefined {
    return this.#withOthers(this.#bySymbol.get(symbol));
  }

  #withOthers(file: Uint8Array | undefined): readonly Uint8Array[] | undefined {
    return file && [file, ...this.#files.filter((other) => other !== file)];
  }

  #index(file: FileDescriptor, bytes: Uint8Array): void {
    this.#byName.set(file.name, bytes);
    for (const symbol of symbolsOf(file)) this.#bySymbol.set(symbol, bytes);
  }
}

/** Every type of a schema knows the files of all. */
function filesOf(schema: object): readonly Uint8Array[] {
  for (const definition of Object.values(fromJSON(schema, { keepCase: true }))) {
    const { fileDescriptorProtos: files } = definition;
    if (Array.isArray(files)) return files;
  }
  return [];
}

function symbolsOf({ package: name, messageType, enumType, service }: FileDescriptor): string[] {
  const prefix = name === "" ? "" : `${name}.`;
  const methods = service.flatMap((one) => one.method.map((method) => `${prefix}${one.name}.${method.name}`));
  return [...typesOf({ nestedType: messageType, enumType }, prefix), ...namesOf(service, prefix), ...methods];
}

function typesOf(
  { nestedType, enumType }: Pick<MessageDescriptor, "nestedType" | "enumType">,
  prefix: string,
): string[] {
  const inner = nestedType.flatMap((message) => typesOf(message, `${prefix}${message.name}.`));
  return [...namesOf(nestedType, prefix), ...namesOf(enumType, prefix), ...inner];
}

function namesOf(declared: readonly Named[], prefix: string): string[] {
  return declared.map(({ name }) => prefix + name);
}
