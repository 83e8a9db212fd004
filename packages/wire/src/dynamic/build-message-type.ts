import type { ServeError } from "@paddlewheel/core";
import { Enum, type Field, MapField, Type } from "protobufjs";
import { createEnumType } from "./enum-type.js";
import { type MessageField, MessageType } from "./message-type.js";
import { numberTypes } from "./number-types.js";
import { fieldFault, type ProtoSource } from "./proto-source.js";
import type { ScalarType, ScalarValue } from "./scalar-type.js";
import { bytesType, stringType } from "./text-types.js";

const scalarTypes: ReadonlyMap<string, ScalarType> = new Map(
  [...numberTypes, stringType, bytesType].map((type) => [type.name, type] as const),
);

/** Makes message types of what protobufjs has parsed, each once: types refer to each other, and to themselves. */
export class MessageTypeBuilder {
  readonly #sources: ReadonlyMap<string, ProtoSource>;
  readonly #messages = new Map<Type, MessageType>();
  readonly #enums = new Map<Enum, ScalarType>();

  constructor(sources: ReadonlyMap<string, ProtoSource>) {
    this.#sources = sources;
  }

  /** @throws ServeError invalidConf for a group, for two fields of one name in camelCase, for a default that is none. */
  build(declared: Type): MessageType {
    const known = this.#messages.get(declared);
    if (known) return known;
    const type = new MessageType(declared.fullName.slice(1));
    this.#messages.set(declared, type);
    type.fields = declared.fieldsArray.map((field) => this.#field(field));
    this.#refuseSameNames(declared, type);
    return type;
  }

  #field(field: Field): MessageField {
    const type = this.#typeOf(field);
    const isMap = field instanceof MapField;
    const keyType = isMap ? scalarTypes.get(field.keyType) : undefined;
    const shape = isMap ? "map" : field.repeated ? "list" : "single";
    return {
      number: field.id,
      protoName: field.name,
      name: camelCase(field.name),
      jsonName: field.jsonName ?? camelCase(field.name),
      shape,
      type,
      keyType,
      entryType: keyType && createEntryType(field.name, keyType, type),
      isPacked: field.packed && type.kind === "scalar" && type.unpack !== undefined,
      isRequired: field.required,
      isPackOn: shape === "list" && hasPackOn(field),
      hasPresence: field.hasPresence,
      defaultValue:
        shape === "single" && type.kind === "scalar" && !field.required && !field.partOf
          ? this.#defaultOf(field, type)
          : undefined,
      rivals: (field.partOf?.fieldsArray ?? [])
        .filter((one) => one !== field)
        .map((one) => camelCase(one.name)),
    };
  }

  #typeOf(field: Field): ScalarType | MessageType {
    const scalar = scalarTypes.get(field.type);
    if (scalar) return scalar;
    const { resolvedType } = field;
    if (resolvedType instanceof Enum) return this.#enum(resolvedType);
    if (resolvedType instanceof Type && !field.delimited) return this.build(resolvedType);
    throw this.#fault(field, "is a group, which cannot be served; make it a field of a message type");
  }

  #enum(declared: Enum): ScalarType {
    const type = this.#enums.get(declared) ?? createEnumType(declared);
    this.#enums.set(declared, type);
    return type;
  }

  /** What a field of proto2 declares as its default, else the zero of its type. */
  #defaultOf(field: Field, type: ScalarType): ScalarValue {
    const declared: unknown = field.options?.default;
    if (declared === undefined) return type.zero;
    if (typeof type.zero === "bigint") {
      if (Number.isSafeInteger(declared)) return BigInt(declared as number);
      throw this.#fault(field, "the default is too large to be read exactly; leave it out");
    }
    if (type.name === "bytes") return new Uint8Array(Buffer.from(String(declared), "latin1"));
    const why = type.whyNot(declared);
    if (why !== undefined) throw this.#fault(field, `the default ${why}`);
    return declared as ScalarValue;
  }

  #refuseSameNames(declared: Type, { fields }: MessageType): void {
    const seen = new Map<string, string>();
    for (const { name, protoName } of fields) {
      const other = seen.get(name);
      const field = declared.fields[protoName];
      if (other && field) {
        throw this.#fault(field, `and "${other}" are both ${name} in camelCase; rename one of them`);
      }
      seen.set(name, protoName);
    }
  }

  #fault(field: Field, what: string): ServeError {
    return fieldFault(this.#sources, field, what);
  }
}

function createEntryType(
  name: string,
  keyType: ScalarType,
  valueType: ScalarType | MessageType,
): MessageType {
  const entry = new MessageType(`${name} entry`);
  entry.fields = [entryField("key", 1, keyType), entryField("value", 2, valueType)];
  return entry;
}

function entryField(name: string, number: number, type: ScalarType | MessageType): MessageField {
  return {
    number,
    protoName: name,
    jsonName: name,
    name,
    shape: "single",
    type,
    keyType: undefined,
    entryType: undefined,
    isPacked: false,
    isRequired: false,
    isPackOn: false,
    hasPresence: true,
    defaultValue: type.kind === "scalar" ? type.zero : undefined,
    rivals: [],
  };
}

/** `(pds.pack_on)`, in whatever package the option is declared. */
function hasPackOn({ options }: Field): boolean {
  return Object.entries(options ?? {}).some(
    ([name, value]) => /^\((?:[\w.]+\.)?pack_on\)$/.test(name) && value === true,
  );
}

/** `class_0_prob` is `class0Prob`. Source: protobuf's rule for names in JSON. */
export function camelCase(name: string): string {
  return name.replace(/_+(\w?)/g, (_, letter: string) => letter.toUpperCase());
}
