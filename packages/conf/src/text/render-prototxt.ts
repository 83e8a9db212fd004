import { type Field, Type } from "protobufjs";

/** Values by field name: scalars, messages of the same kind, or arrays of them for repeated fields. */
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
      const values = Array.isArray(value) ? value : [value];
      return values.filter((item) => item !== undefined).map((item) => renderField(field, item, indent));
    })
    .join("");
}

function renderField(field: Field, value: unknown, indent: string): string {
  if (field.resolvedType instanceof Type) {
    const body = renderPrototxt(field.resolvedType, value as ConfObject, `${indent}  `);
    return `${indent}${field.name} {\n${body}${indent}}\n`;
  }
  const text = typeof value === "string" ? quote(value) : String(value);
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
