import type { VersionConf, VersionPolicy } from "@paddlewheel/core";
import type { Findings } from "../diagnostic.js";
import { isLabel, isVersion } from "../schema/rules.js";
import type { Section } from "../schema/section.js";

type PolicyKind = VersionPolicy["kind"];

/** What an EngineDesc says of versions; `findFile` makes the path of `version_file` absolute. */
export function resolveVersions(
  section: Section,
  findings: Findings,
  findFile: (path: string) => string,
): VersionConf {
  const file = section.string("version_file");
  const labels = resolveLabels(section, findings);
  const defaultVersion = section.string("default_version");
  checkDefault(section, findings, labels);
  if (section.mentions("version_type") && !section.mentions("version_file")) {
    findings.fault(section.placeOf("version_type"), "needs version_file, which it says how to read");
  }
  return {
    policy: resolvePolicy(section, findings),
    labels,
    defaultVersion,
    file: file === undefined ? undefined : findFile(file),
  };
}

function resolvePolicy(section: Section, findings: Findings): VersionPolicy {
  const versions = section.strings("versions").map(({ value }) => value);
  const given = section.string("version_policy") as PolicyKind | undefined;
  const kind = given ?? (versions.length > 0 ? "listed" : "latest");
  if (kind !== "listed" && versions.length > 0) {
    const message = `has no effect with version_policy "${kind}": remove it, or write version_policy: "listed"`;
    findings.warn(section.placeOf("versions"), message);
  }
  if (kind !== "latest" && section.mentions("num_versions")) {
    findings.warn(section.placeOf("num_versions"), `has no effect with version_policy "${kind}": remove it`);
  }
  if (kind === "latest") return { kind, count: section.number("num_versions") ?? 1 };
  if (kind === "all") return { kind };
  if (!section.mentions("versions")) {
    findings.fault(section.placeOf("version_policy"), 'is "listed", so versions must list what to serve');
  }
  return { kind, versions: [...new Set(versions)] };
}

function resolveLabels(section: Section, findings: Findings): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (const [label, version] of section.map("version_labels")) {
    const place = section.placeOfPath(["version_labels", label]);
    const text = String(version);
    const fault = isLabel(label) ?? isVersion(text);
    if (fault === undefined) labels[label] = text;
    else findings.fault(place, fault);
  }
  return labels;
}

/** A version file may bring labels of its own. */
function checkDefault(section: Section, findings: Findings, labels: Readonly<Record<string, string>>): void {
  const wanted = section.string("default_version");
  if (wanted === undefined || !isVersion(wanted) || wanted in labels || section.mentions("version_file"))
    return;
  findings.fault(section.placeOf("default_version"), `no label "${wanted}" in version_labels`);
}
