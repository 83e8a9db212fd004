import {
  Code,
  type InferServiceConf,
  parseRestfulMapping,
  type RestfulMapping,
  ServeError,
} from "@paddlewheel/core";
import type { Findings } from "../diagnostic.js";
import type { Section } from "../schema/section.js";

/**
 * The paths of a service; undefined when it has none. `taken` are those of the services before it; its own are added.
 * Whether the methods are there is seen when the service is built.
 */
export function resolveRestful(
  section: Section,
  taken: Set<string>,
  findings: Findings,
): InferServiceConf["restful"] {
  if (!section.mentions("restful_mappings")) {
    if (section.mentions("allow_default_url")) {
      const message = "has no effect without restful_mappings: the default URL is the only one";
      findings.warn(section.placeOf("allow_default_url"), message);
    }
    return undefined;
  }
  const mappings = section.strings("restful_mappings").flatMap(({ value, place }): RestfulMapping[] => {
    try {
      return [parseFree(value, taken)];
    } catch (error) {
      findings.fault(place, ServeError.from(error).message);
      return [];
    }
  });
  return { mappings, allowDefaultUrl: section.bool("allow_default_url") ?? false };
}

/** @throws ServeError invalidConf for a path that is mapped already, by this service or another. */
function parseFree(text: string, taken: Set<string>): RestfulMapping {
  const mapping = parseRestfulMapping(text);
  if (taken.has(mapping.path)) {
    throw new ServeError(
      Code.invalidConf,
      `maps ${mapping.path}, which is mapped already: one path reaches one method`,
    );
  }
  taken.add(mapping.path);
  return mapping;
}
