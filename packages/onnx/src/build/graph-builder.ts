import { elementTypes, type OnnxElementType } from "../element-type.js";
import { messageType } from "../schema.js";
import { type AttributeValue, attributeProto } from "./attribute-proto.js";
import { OnnxBuildError } from "./onnx-build-error.js";
import type {
  AxisOptions,
  BatchNormalizationOptions,
  ConvOptions,
  GemmOptions,
  OutputName,
  PoolOptions,
} from "./op-options.js";
import {
  type ExternalInit,
  externalTensorProto,
  type ProtoObject,
  type TensorInit,
  tensorProto,
} from "./tensor-proto.js";

export interface GraphBuilderOptions {
  /** Name of the graph, for viewers; bodies of one node need different ones. Default `graph`. */
  readonly name?: string;
  /** Version of the default operator set. Default 17, the last that every runtime of IR version 8 reads. */
  readonly opset?: number;
  /** For the body of a node: the graph around it, whose names the body may use. */
  readonly outer?: GraphBuilder;
}

/** Type of an input or output of a graph. */
export interface ValueType {
  readonly dtype: OnnxElementType;
  /** Sizes per axis, the batch axis included; a string names a free size. */
  readonly shape: readonly (number | string)[];
}

export interface NodeOptions {
  /** Default: operator and running number, `Conv_3`. */
  readonly name?: string;
  /** Names of all outputs, for operators with more than one. Default: one output, `Conv_3_out`. */
  readonly outputs?: readonly string[];
}

/** The oldest IR version that goes with operator set 17, so old runtimes read the file too. */
const irVersion = 8;

/**
 * Writes an ONNX model node by node. Every method that makes a value gives back its name, which later nodes take as
 * input; a name that is unknown or taken is refused at once. Operators of opset 17 have methods of their own where they
 * were needed, `node` makes the rest. Attributes left out keep ONNX's defaults.
 *
 * All methods throw OnnxBuildError naming the node or value.
 */
export class GraphBuilder {
  readonly #options: GraphBuilderOptions;
  readonly #names = new Set<string>();
  readonly #inputs: ProtoObject[] = [];
  readonly #outputs: ProtoObject[] = [];
  readonly #initializers: ProtoObject[] = [];
  readonly #nodes: ProtoObject[] = [];

  constructor(options: GraphBuilderOptions = {}) {
    this.#options = options;
  }

  input(name: string, type: ValueType): string {
    this.#declare(name, "input");
    this.#inputs.push(valueInfo(name, type));
    return name;
  }

  initializer(name: string, init: TensorInit): string {
    this.#declare(name, "initializer");
    this.#initializers.push(tensorProto(`initializer "${name}"`, name, init));
    return name;
  }

  /** An initializer whose elements are in another file, which is neither written nor looked at here. */
  externalInitializer(name: string, init: ExternalInit): string {
    this.#declare(name, "initializer");
    this.#initializers.push(externalTensorProto(name, init));
    return name;
  }

  /** Makes a value of the graph an output of the model. */
  output(name: string, type: ValueType): void {
    if (!this.#isKnown(name)) {
      throw new OnnxBuildError(`output "${name}": no input, initializer or node gives this value`);
    }
    this.#outputs.push(valueInfo(name, type));
  }

  /** Adds any operator of the default domain and gives the name of its first output. An empty input name leaves an optional input out. */
  node(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue | undefined>> = {},
    options: NodeOptions = {},
  ): string {
    const { name = this.#nextName(opType) } = options;
    const what = `node "${name}" (${opType})`;
    const unknown = inputs.find((input) => input !== "" && !this.#isKnown(input));
    if (unknown !== undefined) {
      throw new OnnxBuildError(`${what}: no input, initializer or earlier node gives the value "${unknown}"`);
    }
    const { outputs = [`${name}_out`] } = options;
    for (const output of outputs) this.#declare(output, what);
    const attribute = Object.entries(attributes).flatMap(([key, value]) =>
      value === undefined ? [] : [attributeProto(what, key, value)],
    );
    this.#nodes.push({ input: inputs, output: outputs, name, op_type: opType, attribute });
    return outputs[0] ?? "";
  }

  /** `a` × `b` as matrices; further axes in front are batches. */
  matMul(a: string, b: string, options: OutputName = {}): string {
    return this.node("MatMul", [a, b], {}, named(options));
  }

  /** alpha × a × b + beta × c */
  gemm(a: string, b: string, options: GemmOptions = {}): string {
    const { c, alpha, beta, transA, transB } = options;
    const inputs = c === undefined ? [a, b] : [a, b, c];
    const attributes = {
      alpha: float(alpha),
      beta: float(beta),
      transA: flag(transA),
      transB: flag(transB),
    };
    return this.node("Gemm", inputs, attributes, named(options));
  }

  /** Weights are [channels out, channels in / group, ...kernel]. */
  conv(x: string, weights: string, options: ConvOptions = {}): string {
    const { bias, strides, pads, dilations, group } = options;
    const inputs = bias === undefined ? [x, weights] : [x, weights, bias];
    return this.node("Conv", inputs, { strides, pads, dilations, group }, named(options));
  }

  /** With the fixed mean and variance of inference. */
  batchNormalization(x: string, options: BatchNormalizationOptions): string {
    const { scale, bias, mean, variance, epsilon } = options;
    const inputs = [x, scale, bias, mean, variance];
    return this.node("BatchNormalization", inputs, { epsilon: float(epsilon) }, named(options));
  }

  relu(x: string, options: OutputName = {}): string {
    return this.node("Relu", [x], {}, named(options));
  }

  maxPool(x: string, options: PoolOptions): string {
    return this.#pool("MaxPool", x, options);
  }

  /** Padding does not count into the average. */
  averagePool(x: string, options: PoolOptions): string {
    return this.#pool("AveragePool", x, options);
  }

  globalAveragePool(x: string, options: OutputName = {}): string {
    return this.node("GlobalAveragePool", [x], {}, named(options));
  }

  /** Over the last axis by default. */
  softmax(x: string, options: AxisOptions = {}): string {
    return this.node("Softmax", [x], { axis: options.axis }, named(options));
  }

  /** Rows of `data` by `indices`; axis 0 by default. */
  gather(data: string, indices: string, options: AxisOptions = {}): string {
    return this.node("Gather", [data, indices], { axis: options.axis }, named(options));
  }

  add(a: string, b: string, options: OutputName = {}): string {
    return this.node("Add", [a, b], {}, named(options));
  }

  mul(a: string, b: string, options: OutputName = {}): string {
    return this.node("Mul", [a, b], {}, named(options));
  }

  /** 0 keeps an axis, -1 takes what is left. */
  reshape(x: string, shape: readonly number[], options: OutputName = {}): string {
    const data = BigInt64Array.from(shape, BigInt);
    const target = this.initializer(`${this.#nextName("Reshape")}_shape`, { shape: [shape.length], data });
    return this.node("Reshape", [x, target], {}, named(options));
  }

  /** To two axes: those before `axis` (default 1) and the others. */
  flatten(x: string, options: AxisOptions = {}): string {
    return this.node("Flatten", [x], { axis: options.axis }, named(options));
  }

  identity(x: string, options: OutputName = {}): string {
    return this.node("Identity", [x], {}, named(options));
  }

  cast(x: string, to: OnnxElementType, options: OutputName = {}): string {
    return this.node("Cast", [x], { to: elementTypes[to].number }, named(options));
  }

  /** Axis 0 by default. */
  concat(inputs: readonly string[], options: AxisOptions = {}): string {
    return this.node("Concat", inputs, { axis: options.axis ?? 0 }, named(options));
  }

  /** The model as the bytes of a .onnx file, in an array of their own. */
  build(): Uint8Array {
    if (this.#outputs.length === 0) throw new OnnxBuildError("the graph has no output");
    const model = {
      ir_version: irVersion,
      opset_import: [{ domain: "", version: this.#options.opset ?? 17 }],
      producer_name: "paddlewheel",
      graph: this.toProto(),
    };
    const bytes = messageType("ModelProto").encode(model).finish();
    // Small buffers of Node.js share memory with strangers, which whoever transfers the array would take along.
    return bytes.byteLength === bytes.buffer.byteLength
      ? new Uint8Array(bytes.buffer)
      : new Uint8Array(bytes);
  }

  /** The GraphProto, to nest it in a node: `{ graph: builder }`. */
  toProto(): ProtoObject {
    return {
      name: this.#options.name ?? "graph",
      node: this.#nodes,
      initializer: this.#initializers,
      input: this.#inputs,
      output: this.#outputs,
    };
  }

  /** Names of a body must differ from those around it, so they carry the body's name. */
  #nextName(opType: string): string {
    const { name = "graph", outer } = this.#options;
    return `${outer ? `${name}/` : ""}${opType}_${this.#nodes.length}`;
  }

  #pool(opType: string, x: string, options: PoolOptions): string {
    const { kernelShape, strides, pads } = options;
    return this.node(opType, [x], { kernel_shape: kernelShape, strides, pads }, named(options));
  }

  #isKnown(name: string): boolean {
    const { outer } = this.#options;
    if (this.#names.has(name)) return true;
    return outer ? outer.#isKnown(name) : false;
  }

  #declare(name: string, what: string): void {
    if (name === "") throw new OnnxBuildError(`${what}: an empty name`);
    if (this.#isKnown(name)) throw new OnnxBuildError(`${what}: the name "${name}" is already taken`);
    this.#names.add(name);
  }
}

function valueInfo(name: string, { dtype, shape }: ValueType): ProtoObject {
  const dim = shape.map((size) => (typeof size === "string" ? { dim_param: size } : { dim_value: size }));
  return { name, type: { tensor_type: { elem_type: elementTypes[dtype].number, shape: { dim } } } };
}

function named({ output }: OutputName): NodeOptions {
  return output === undefined ? {} : { outputs: [output] };
}

function float(value: number | undefined): AttributeValue | undefined {
  return value === undefined ? undefined : { float: value };
}

function flag(value: boolean | undefined): AttributeValue | undefined {
  return value === undefined ? undefined : Number(value);
}
