import { fieldValue, isSent, type MessageField, type MessageType } from "./message-type.js";
import type { ScalarValue } from "./scalar-type.js";
import { formatTextScalar } from "./text-scalar.js";

/** A message that `checkMessage` found right in protobuf's text format, as protobuf prints it: a value a line. */
export function writeTextMessage(type: MessageType, message: object): string {
  const lines: string[] = [];
  writeFields(type, message, { lines, indent: "" });
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

interface TextTarget {
  readonly lines: string[];
  readonly indent: string;
}

function writeFields(type: MessageType, message: object, target: TextTarget): void {
  for (const field of type.fields) {
    const value = fieldValue(message, field.name);
    if (!isSent(field, value)) continue;
    if (field.shape === "single") writeValue(field, value, target);
    else if (field.shape === "map") writeMap(field, value as object, target);
    else for (const element of value as Iterable<unknown>) writeValue(field, element, target);
  }
}

function writeValue(
  { protoName, type }: Pick<MessageField, "protoName" | "type">,
  value: unknown,
  { lines, indent }: TextTarget,
): void {
  if (type.kind === "scalar") {
    lines.push(`${indent}${protoName}: ${formatTextScalar(type, value as ScalarValue)}`);
    return;
  }
  lines.push(`${indent}${protoName} {`);
  writeFields(type, value as object, { lines, indent: `${indent}  ` });
  lines.push(`${indent}}`);
}

/** An entry of a map is a message of a key and a value. */
function writeMap(
  { protoName, keyType, type }: MessageField,
  map: object,
  { lines, indent }: TextTarget,
): void {
  const inside = { lines, indent: `${indent}  ` };
  for (const [key, value] of Object.entries(map)) {
    lines.push(`${indent}${protoName} {`);
    const shown = keyType?.literal === "string" ? formatTextScalar(keyType, key) : key;
    lines.push(`${inside.indent}key: ${shown}`);
    writeValue({ protoName: "value", type }, value, inside);
    lines.push(`${indent}}`);
  }
}
