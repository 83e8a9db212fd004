import { Enum, type Field, MapField, Type } from "protobufjs";

/** Values by field name: scalars, messages of the same kind, arrays of them for repeated fields, objects for maps. */
export type ConfObject = Readonly<Record<string, unknown>>;

/**
 * The text protobuf's Python `str(message)` gives, byte for byte: fields by number, two blanks per level, a final
 * newline, bytes beyond ASCII as octal escapes. Fields that are undefined are left out.
 */
export function renderPrototxt(type: Type, message: ConfObject, indent = ""): string {
  const fields = [...type.fieldsArray].sort((a, b) => a.id - b.id);
  return fields
    .flatMap((field) => {
      const value = message[field.name];
      if (value === undefined) return [];
      if (field instanceof MapField) return renderMap(field.name, value as ConfObject, indent);
      const values = Array.isArray(value) ? value : [value];
      return values.map((item) => renderField(field, item, indent));
    })
    .join("");
}

function renderMap(name: string, map: ConfObject, indent: string): readonly string[] {
  return Object.entries(map).map(([key, value]) => {
    const pair = `${indent}  key: ${quote(key)}\n${indent}  value: ${quote(String(value))}\n`;
    return `${indent}${name} {\n${pair}${indent}}\n`;
  });
}

function renderField(field: Field, value: unknown, indent: string): string {
  if (field.resolvedType instanceof Type) {
    const body = renderPrototxt(field.resolvedType, value as ConfObject, `${indent}  `);
    return `${indent}${field.name} {\n${body}${indent}}\n`;
  }
  const isQuoted = typeof value === "string" && !(field.resolvedType instanceof Enum);
  const text = isQuoted ? quote(value) : String(value);
  return `${indent}${field.name}: ${text}\n`;
}

const escapes: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  '"': '\\"',
  "'": "\\'",
  "\\": "\\\\",
};

function quote(text: string): string {
  const characters = Array.from(Buffer.from(text), (byte) => {
    const character = String.fromCharCode(byte);
    if (escapes[character] !== undefined) return escapes[character];
    return byte >= 32 && byte < 127 ? character : `\\${byte.toString(8).padStart(3, "0")}`;
  });
  return `"${characters.join("")}"`;
}
