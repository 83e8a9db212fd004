import { dirname } from "node:path";
import {
  type BatchingConf,
  type BatchingMode,
  defaultEngineConf,
  type EngineConf,
  type Isolation,
  type ModelConf,
  nameHint,
  type Placement,
  ReloadableType,
} from "@paddlewheel/core";
import { type ConfContext, findPath, readConfFile } from "../files/conf-context.js";
import { findConfFile } from "../files/find-conf-file.js";
import type { KnownNames } from "../known-names.js";
import type { Section } from "../schema/section.js";
import { NameTable } from "./name-table.js";
import { resolveModel } from "./resolve-model.js";
import type { FileReference, ToolkitReference } from "./resolve-resource.js";
import { resolveSession } from "./resolve-session.js";
import { resolveVersions } from "./resolve-versions.js";
import { warnOfUnusedFields } from "./unused-fields.js";

/** Compat: the only engine type Paddle Serving still has; the FLUID_* types of older files stood for the same. */
const paddleType = "PADDLE_INFER";
const defaults = defaultEngineConf;

export interface ResolvedEngines {
  readonly confs: readonly EngineConf[];
  readonly names: NameTable;
}

/** Reads the model_toolkit and general_model files and resolves their engines. */
export function resolveEngines(
  references: readonly ToolkitReference[],
  context: ConfContext,
  known: KnownNames,
): ResolvedEngines {
  return new EngineResolver(context, known).resolve(references);
}

class EngineResolver {
  readonly #context: ConfContext;
  readonly #known: KnownNames;
  readonly #names: NameTable;
  /** By absolute path: several engines may share a file, whose faults are told once. */
  readonly #models = new Map<string, ModelConf | undefined>();

  constructor(context: ConfContext, known: KnownNames) {
    this.#context = context;
    this.#known = known;
    this.#names = new NameTable("engine", context.findings);
  }

  resolve(references: readonly ToolkitReference[]): ResolvedEngines {
    return { confs: references.flatMap((reference) => this.#toolkit(reference)), names: this.#names };
  }

  #toolkit({ toolkit, generalModel }: ToolkitReference): readonly EngineConf[] {
    const path = this.#find(toolkit);
    const file = path === undefined ? undefined : readConfFile(this.#context, path, "ModelToolkitConf");
    const modelPath = generalModel && this.#find(generalModel);
    const model = modelPath === undefined ? undefined : this.#model(modelPath);
    const sections = file?.sections("engines") ?? [];
    if (!file?.isWhole || sections.length === 0) this.#names.markIncomplete();
    if (file?.isWhole && !file.mentions("engines")) {
      this.#context.findings.fault(
        file.placeOf("engines"),
        "is missing, a toolkit needs at least one engine",
      );
    }
    return sections.map((section) => this.#engine(section, model));
  }

  #find({ path, place }: FileReference): string | undefined {
    const { files, findings } = this.#context;
    const found = findPath(this.#context, path, files.exists);
    if (found.path === undefined) {
      findings.fault(place, `there is no file "${path}": looked for ${found.tried.join(" and ")}`);
    }
    return found.path;
  }

  #model(path: string): ModelConf | undefined {
    if (!this.#models.has(path)) {
      const file = readConfFile(this.#context, path, "GeneralModelConfig");
      this.#models.set(path, file && resolveModel(file, this.#context.findings));
    }
    return this.#models.get(path);
  }

  #engine(section: Section, model: ModelConf | undefined): EngineConf {
    this.#names.claim(section);
    warnOfUnusedFields(section, this.#context.findings);
    const modelDir = this.#modelDir(section);
    return {
      name: section.string("name") ?? "",
      type: this.#type(section),
      modelDir,
      ...this.#reload(section),
      versions: resolveVersions(section, this.#context.findings, (path) => this.#futurePath(path)),
      reloadIntervalMs: section.number("reload_interval_ms"),
      doneFile: section.string("done_file"),
      runtimeThreadNum: section.number("runtime_thread_num") ?? defaults.runtimeThreadNum,
      placement: (section.string("placement") as Placement | undefined) ?? defaults.placement,
      isolation: (section.string("isolation") as Isolation | undefined) ?? defaults.isolation,
      maxRunMs: section.number("max_run_ms"),
      maxQueueSize: section.number("max_queue_size") ?? defaults.maxQueueSize,
      requestCacheSize: section.number("request_cache_size"),
      batchInferSize: this.#batchInferSize(section),
      enableOverrun: section.bool("enable_overrun") ?? defaults.enableOverrun,
      allowSplitRequest: section.bool("allow_split_request") ?? defaults.allowSplitRequest,
      batching: this.#batching(section),
      session: resolveSession(section, this.#context.findings),
      ...this.#encryption(section),
      model: model ?? this.#modelOfDir(modelDir),
    };
  }

  #type(section: Section): string {
    const { findings } = this.#context;
    const given = section.string("type");
    if (given === undefined) return "";
    const place = section.placeOf("type");
    if (given.startsWith("FLUID_")) findings.warn(place, `${given} is an older name: write "${paddleType}"`);
    const type = given.startsWith("FLUID_") ? paddleType : given;
    const { engineTypes } = this.#known;
    if (!engineTypes.has(type)) {
      findings.fault(place, `no engine type named "${type}"${nameHint(type, engineTypes)}`);
    }
    return type;
  }

  #modelDir(section: Section): string {
    const { findings, files } = this.#context;
    const isOld = section.mentions("model_data_path");
    if (isOld) findings.warn(section.placeOf("model_data_path"), "is an older name: write model_dir");
    const field = isOld && !section.mentions("model_dir") ? "model_data_path" : "model_dir";
    const given = section.string(field);
    if (given === undefined) {
      if (section.isWhole && !section.mentions(field)) {
        findings.fault(section.placeOf(field), "is missing: name the folder of the model");
      }
      return "";
    }
    const { path, tried } = findPath(this.#context, given, files.isDirectory);
    if (path === undefined) {
      findings.fault(
        section.placeOf(field),
        `there is no folder "${given}": looked for ${tried.join(" and ")}`,
      );
    }
    return path ?? "";
  }

  #reload(section: Section): Pick<EngineConf, "reloadableMeta" | "reloadableType"> {
    const { findings } = this.#context;
    const type = section.string("reloadable_type") as ReloadableType | undefined;
    const meta = section.string("reloadable_meta");
    const never = { reloadableMeta: undefined, reloadableType: ReloadableType.none };
    if (type === ReloadableType.none) return never;
    if (meta === undefined) {
      const message =
        'is missing, so the model is not reloaded: name the file to watch, or write reloadable_type: "none"';
      if (!section.mentions("reloadable_meta")) findings.warn(section.placeOf("reloadable_meta"), message);
      return never;
    }
    if (!section.mentions("reloadable_type")) {
      findings.warn(
        section.placeOf("reloadable_type"),
        `is missing: "${ReloadableType.timestampNe}" is used`,
      );
    }
    return { reloadableMeta: this.#futurePath(meta), reloadableType: type ?? ReloadableType.timestampNe };
  }

  #encryption(section: Section): Pick<EngineConf, "isEncrypted" | "keyFile"> {
    const isEncrypted = section.bool("encrypted_model") ?? false;
    const given = section.string("key_file");
    if (given === undefined) return { isEncrypted, keyFile: undefined };
    const place = section.placeOf("key_file");
    if (!isEncrypted) {
      this.#context.findings.warn(place, "has no effect: encrypted_model is not true; remove it");
      return { isEncrypted, keyFile: undefined };
    }
    return { isEncrypted, keyFile: this.#futurePath(given) };
  }

  /** The file may be made later, or be where the server runs alone; its folder then tells where. */
  #futurePath(meta: string): string {
    const { files } = this.#context;
    const { path, tried } = findPath(this.#context, meta, files.exists);
    return path ?? tried.find((candidate) => files.isDirectory(dirname(candidate))) ?? tried[0] ?? meta;
  }

  /** Compat: older files write 0, which meant nothing as their engines did not batch. */
  #batchInferSize(section: Section): number {
    const size = section.number("batch_infer_size") ?? defaults.batchInferSize;
    if (size > 0) return size;
    const message = `0 stands for the default, ${defaults.batchInferSize}: remove it, or write 1 for no batches`;
    this.#context.findings.warn(section.placeOf("batch_infer_size"), message);
    return defaults.batchInferSize;
  }

  #batching(section: Section): BatchingConf {
    const { batching } = defaults;
    return {
      mode: (section.string("batching") as BatchingMode | undefined) ?? batching.mode,
      maxQueueDelayMicros: section.number("max_queue_delay_us") ?? batching.maxQueueDelayMicros,
      preferredBatchSizes: this.#preferredBatchSizes(section),
      enablePadding: section.bool("enable_padding") ?? batching.enablePadding,
      padValue: section.number("pad_value") ?? batching.padValue,
      maxQueueWaitMs: section.number("max_queue_wait_ms") ?? batching.maxQueueWaitMs,
    };
  }

  /** Rising, each once. */
  #preferredBatchSizes(section: Section): readonly number[] {
    const sizes = section.numbers("preferred_batch_size");
    const max = section.number("batch_infer_size") || defaults.batchInferSize;
    for (const { value, place } of sizes.filter((size) => size.value > max)) {
      this.#context.findings.fault(place, `must be at most batch_infer_size, ${max}, not ${value}`);
    }
    return [...new Set(sizes.map(({ value }) => value))].sort((a, b) => a - b);
  }

  #modelOfDir(modelDir: string): ModelConf | undefined {
    const path = modelDir && findConfFile(this.#context, modelDir, "serving_server_conf");
    return path ? this.#model(path) : undefined;
  }
}
