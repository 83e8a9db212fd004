/** Name of a node's output; by default made from the node's name. */
export interface OutputName {
  readonly output?: string;
}

export interface GemmOptions extends OutputName {
  readonly c?: string;
  readonly alpha?: number;
  readonly beta?: number;
  readonly transA?: boolean;
  readonly transB?: boolean;
}

export interface WindowOptions extends OutputName {
  /** One per spatial axis, default 1 each. */
  readonly strides?: readonly number[];
  /** All begins, then all ends: `[top, left, bottom, right]`. Default 0. */
  readonly pads?: readonly number[];
}

export interface ConvOptions extends WindowOptions {
  readonly bias?: string;
  readonly dilations?: readonly number[];
  readonly group?: number;
}

export interface PoolOptions extends WindowOptions {
  readonly kernelShape: readonly number[];
}

export interface BatchNormalizationOptions extends OutputName {
  readonly scale: string;
  readonly bias: string;
  readonly mean: string;
  readonly variance: string;
  /** Default 1e-5, as ONNX has it. */
  readonly epsilon?: number;
}

export interface AxisOptions extends OutputName {
  readonly axis?: number;
}
