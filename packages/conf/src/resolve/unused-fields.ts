import type { Findings } from "../diagnostic.js";
import type { Section } from "../schema/section.js";

/** A setting of Paddle Serving that changes nothing here. */
interface UnusedField {
  readonly why: string;
  /** Accepted without a word: what Paddle's `serve` writes, or the default of the schema. */
  readonly quiet?: string | number | boolean;
}

const noDevice = "ONNX Runtime has no such device here";
const noTensorRt = "TensorRT runs with its own defaults";
const noDistModel = "a model is not split over servers";
const noCube = "there is no cube here";
const noLicence = "no licence is checked";
const noAnalysis = "the graph is optimised when a model is loaded";

const unusedFields: Readonly<Record<string, Readonly<Record<string, UnusedField>>>> = {
  EngineDesc: {
    use_xpu: { why: noDevice, quiet: false },
    use_lite: { why: noDevice, quiet: false },
    use_ascend_cl: { why: noDevice, quiet: false },
    gpu_multi_stream: { why: "each copy of a model has a stream of its own", quiet: false },
    gpu_memory_mb: { why: "the runtime takes memory as it needs it", quiet: 100 },
    trt_use_static: { why: noTensorRt, quiet: false },
    trt_workspace_size: { why: noTensorRt, quiet: 33_554_432 },
    min_subgraph_size: { why: noTensorRt, quiet: 3 },
    min_input_shape: { why: noTensorRt },
    max_input_shape: { why: noTensorRt },
    opt_input_shape: { why: noTensorRt },
    sparse_param_service_type: { why: noCube, quiet: "NONE" },
    sparse_param_service_table_name: { why: noCube },
    enable_dist_model: { why: noDistModel, quiet: false },
    dist_carrier_id: { why: noDistModel, quiet: "inference" },
    dist_cfg_file: { why: noDistModel },
    dist_nranks: { why: noDistModel, quiet: 0 },
    dist_endpoints: { why: noDistModel },
    dist_subgraph_index: { why: noDistModel, quiet: 0 },
    // Of older releases.
    enable_batch_align: { why: "batches are always aligned" },
    static_optimization: { why: noAnalysis },
    force_update_static_cache: { why: noAnalysis },
  },
  ResourceConf: {
    cube_config_path: { why: noCube, quiet: "" },
    cube_config_file: { why: noCube, quiet: "" },
    cube_quant_bits: { why: noCube, quiet: 0 },
    cube_cache_path: { why: noCube, quiet: "" },
    auth_product_name: { why: noLicence },
    auth_container_id: { why: noLicence },
  },
  VariantConf: {
    variant_router: {
      why: "endpoint_router picks the variant, load_balance_strategy the server of it",
      quiet: "",
    },
  },
};

/** Warns of each setting of a message that has a meaning in Paddle Serving but none here. */
export function warnOfUnusedFields(section: Section, findings: Findings): void {
  for (const [field, { why, quiet }] of Object.entries(unusedFields[section.type.name] ?? {})) {
    for (const { value, place } of section.entries(field)) {
      if (value !== quiet) findings.warn(place, `has no effect: ${why}; remove it`);
    }
  }
}
