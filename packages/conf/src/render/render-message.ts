import { dump } from "js-yaml";
import { type Field, Type } from "protobufjs";
import { confType } from "../schema/messages.js";
import { type ConfObject, renderPrototxt } from "../text/render-prototxt.js";
import type { Notation } from "../text/tree.js";

/** A message as a conf file: fields by number, without what says no more than its absence. */
export function renderMessage(typeName: string, message: ConfObject, format: Notation): string {
  const type = confType(typeName);
  const short = withoutDefaults(type, message);
  if (format === "prototxt") return renderPrototxt(type, short);
  // Anchors and folded lines are harder to read than what they save.
  return dump(short, { noRefs: true, lineWidth: -1 });
}

function withoutDefaults(type: Type, message: ConfObject): ConfObject {
  const fields = [...type.fieldsArray].sort((a, b) => a.id - b.id);
  return Object.fromEntries(
    fields
      .filter((field) => !isDefault(field, message[field.name]))
      .map((field) => [field.name, shortValue(field, message[field.name])]),
  );
}

function isDefault(field: Field, value: unknown): boolean {
  if (value === undefined || value === field.options?.default) return true;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function shortValue(field: Field, value: unknown): unknown {
  const { resolvedType } = field;
  if (!(resolvedType instanceof Type)) return value;
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.map((item) => withoutDefaults(resolvedType, item as ConfObject));
}
