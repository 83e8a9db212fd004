import type { Prediction } from "@paddlewheel/client";
import { bfloat16ToNumber, float16ToNumber, type Tensor, type TensorData } from "@paddlewheel/core";

/** An answer as JSON: tensors as lists in lists, int64 with all their digits, what is no number of JSON as text. */
export function renderPrediction(prediction: Prediction): string {
  return renderNamed(prediction as Readonly<Record<string, unknown>>, "");
}

function renderNamed(values: Readonly<Record<string, unknown>>, indent: string): string {
  const inner = `${indent}  `;
  const rows = Object.entries(values).map(([name, value]) => {
    const text = isTensor(value) ? renderTensor(value) : renderNamed(value as Record<string, unknown>, inner);
    return `${inner}${JSON.stringify(name)}: ${text}`;
  });
  return rows.length === 0 ? "{}" : `{\n${rows.join(",\n")}\n${indent}}`;
}

/** An engine's answer has tensors by name, a tensor has its data as an array. */
function isTensor(value: unknown): value is Tensor {
  const data = (value as { readonly data?: unknown }).data;
  return Array.isArray(data) || ArrayBuffer.isView(data);
}

function renderTensor({ dtype, shape, data }: Tensor): string {
  const parts = dtype.startsWith("complex") ? 2 : 1;
  const sizes = parts === 2 ? [...shape, parts] : shape;
  const strides = sizes.map((_, axis) => sizes.slice(axis + 1).reduce((product, size) => product * size, 1));
  const render = (axis: number, offset: number): string => {
    const stride = strides[axis];
    if (stride === undefined) return renderElement(dtype, data[offset]);
    const items = Array.from({ length: sizes[axis] ?? 0 }, (_, i) => render(axis + 1, offset + i * stride));
    return `[${items.join(", ")}]`;
  };
  return render(0, 0);
}

function renderElement(dtype: Tensor["dtype"], element: TensorData[number] | undefined): string {
  if (typeof element === "bigint") return String(element);
  if (typeof element !== "number") return JSON.stringify(element ?? "");
  const value = numberOf(dtype, element);
  if (dtype === "bool") return value === 0 ? "false" : "true";
  return Number.isFinite(value) ? String(value) : JSON.stringify(String(value));
}

function numberOf(dtype: Tensor["dtype"], element: number): number {
  if (dtype === "float16") return float16ToNumber(element);
  return dtype === "bfloat16" ? bfloat16ToNumber(element) : element;
}
