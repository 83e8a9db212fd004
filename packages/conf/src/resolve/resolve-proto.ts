import { resolve } from "node:path";
import { type InferServiceConf, shortServiceName } from "@paddlewheel/core";
import type { Findings } from "../diagnostic.js";
import type { ConfContext } from "../files/conf-context.js";
import { whyUnreadable } from "../files/why-unreadable.js";
import type { Section } from "../schema/section.js";

/**
 * Where a service that has message types of its own finds them; undefined for a service the program knows. The file is
 * parsed when the server is built: here it only has to be there.
 */
export function resolveProto(section: Section, context: ConfContext): InferServiceConf["proto"] {
  const { findings } = context;
  checkShortName(section, findings);
  if (!section.mentions("proto_file") && section.mentions("proto_service")) {
    const message = "stands without proto_file: name the .proto file this service is in";
    findings.fault(section.placeOf("proto_service"), message);
  }
  const given = section.string("proto_file");
  if (given === undefined) return undefined;
  const file = resolve(context.dir, given);
  const fault = whyUnreadable(file, context.files);
  if (fault !== undefined) findings.fault(section.placeOf("proto_file"), fault);
  return { file, service: section.string("proto_service") };
}

/** Paddle Serving knows a service by the last part of its full name. */
function checkShortName(section: Section, findings: Findings): void {
  const name = section.string("name");
  const fullName = section.string("proto_service");
  if (name === undefined || fullName === undefined) return;
  const shortName = shortServiceName(fullName);
  if (name === shortName) return;
  findings.fault(section.placeOf("name"), `must be "${shortName}", the last part of proto_service`);
}
