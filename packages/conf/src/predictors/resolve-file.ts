import { resolve } from "node:path";
import type { ConfContext } from "../files/conf-context.js";
import { whyUnreadable } from "../files/why-unreadable.js";
import type { LayeredSection } from "../schema/layered-section.js";

/** A file that a field names, from the folder of the conf; that it is not there is a fault. */
export function resolveFile(fields: LayeredSection, field: string, context: ConfContext): string | undefined {
  const given = fields.string(field);
  const place = fields.placeOf(field);
  if (given === undefined || !place) return undefined;
  const file = resolve(context.dir, given);
  const fault = whyUnreadable(file, context.files);
  if (fault !== undefined) context.findings.fault(place, fault);
  return file;
}
