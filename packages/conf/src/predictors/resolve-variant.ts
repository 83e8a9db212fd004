import { ServeError } from "@paddlewheel/core";
import type { Findings, Place } from "../diagnostic.js";
import type { ConfContext } from "../files/conf-context.js";
import { warnOfUnusedFields } from "../resolve/unused-fields.js";
import { LayeredSection } from "../schema/layered-section.js";
import { isTagPart } from "../schema/rules.js";
import type { Section } from "../schema/section.js";
import type { PredictorTexts } from "./check-predictors-conf.js";
import type { ClientTlsConf, NamingConf, PredictorVariantConf, SplitConf } from "./predictors-conf.js";
import { resolveConnection } from "./resolve-connection.js";
import { resolveFile } from "./resolve-file.js";
import { resolveRpcParameter } from "./resolve-rpc-parameter.js";

export interface ResolveVariantOptions {
  /** `default_variant_conf`. */
  readonly base: Section | undefined;
  readonly context: ConfContext;
  readonly texts: PredictorTexts;
}

/** A variant with what it inherits from `default_variant_conf`, field by field. */
export function resolveVariant(
  section: Section,
  { base, context, texts }: ResolveVariantOptions,
): PredictorVariantConf {
  const { findings } = context;
  const fields = new LayeredSection(section.type, base ? [section, base] : [section]);
  warnOfUnusedFields(section, findings);
  const rpc = resolveRpcParameter(fields.nested("rpc_parameter"), findings);
  const connection = resolveConnection(fields.nested("connection_conf"), rpc.protocol, findings);
  return {
    tag: section.string("tag") ?? "",
    connection,
    naming: resolveNaming(fields.nested("naming_conf"), { section, texts, findings }),
    rpc,
    split: resolveSplit(fields.nested("split_conf"), section.place, findings),
    tls: resolveTls(fields.nested("tls"), section.place, context),
    tokenFile: resolveFile(fields, "token_file", context),
  };
}

interface NamingOptions {
  /** The variant. */
  readonly section: Section;
  readonly texts: PredictorTexts;
  readonly findings: Findings;
}

function resolveNaming(naming: LayeredSection, { section, texts, findings }: NamingOptions): NamingConf {
  if (!naming.mentions("cluster") && section.isWhole) {
    const message = "has no cluster, and neither has default_variant_conf: say where the servers are";
    findings.fault(section.placeOf("naming_conf"), message);
  }
  const read = (field: string, parse: (text: string) => unknown): string => {
    const text = naming.string(field) ?? "";
    const place = naming.placeOf(field);
    if (place && naming.string(field) !== undefined) faultsOf(() => parse(text), place, findings);
    return text;
  };
  return {
    cluster: read("cluster", texts.cluster),
    loadBalanceStrategy: read("load_balance_strategy", texts.loadBalanceStrategy),
    clusterFilterStrategy: read("cluster_filter_strategy", texts.clusterFilterStrategy),
  };
}

function faultsOf(parse: () => unknown, place: Place, findings: Findings): void {
  try {
    parse();
  } catch (error) {
    for (const message of ServeError.from(error).message.split("\n")) findings.fault(place, message);
  }
}

function resolveSplit(split: LayeredSection, place: Place, findings: Findings): SplitConf | undefined {
  if (!split.isGiven) return undefined;
  const tagName = split.string("split_tag_name");
  const text = split.string("tag_candidates");
  if (tagName === undefined || text === undefined) {
    const [has, lacks] =
      tagName === undefined ? ["tag_candidates", "split_tag_name"] : ["split_tag_name", "tag_candidates"];
    findings.fault(split.placeOf(has) ?? place, `stands without ${lacks}: write both`);
    return undefined;
  }
  const candidates = text.split(",").map((candidate) => candidate.trim());
  const fault = candidates.map(isTagPart).find((message) => message !== undefined);
  const isTwice = new Set(candidates).size < candidates.length;
  const at = split.placeOf("tag_candidates") ?? place;
  if (fault !== undefined) findings.fault(at, `each candidate ${fault}`);
  else if (isTwice) findings.fault(at, "names a candidate twice");
  return { tagName, candidates };
}

function resolveTls(tls: LayeredSection, place: Place, context: ConfContext): ClientTlsConf | undefined {
  if (!tls.isGiven) return undefined;
  const [has, lacks] = tls.mentions("cert_file") ? ["cert_file", "key_file"] : ["key_file", "cert_file"];
  if (tls.mentions(has) && !tls.mentions(lacks)) {
    context.findings.fault(tls.placeOf(has) ?? place, `stands without ${lacks}: write both`);
  }
  return {
    caFile: resolveFile(tls, "ca_file", context),
    certFile: resolveFile(tls, "cert_file", context),
    keyFile: resolveFile(tls, "key_file", context),
    serverName: tls.string("server_name"),
    insecure: tls.bool("insecure"),
  };
}
