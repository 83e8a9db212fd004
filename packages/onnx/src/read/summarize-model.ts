import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { OnnxFormatError } from "../onnx-format-error.js";
import { type ByteSource, bytesSource, fileSource } from "./byte-source.js";
import type { ModelSummary } from "./model-summary.js";
import { type OnnxLimits, onnxLimits } from "./onnx-limits.js";
import { readModel } from "./read-model.js";
import { WireReader } from "./wire-reader.js";

/**
 * What the ONNX model in `bytes` declares. Weights are stepped over: time and memory follow the number of nodes and
 * tensors, not the size.
 * @throws OnnxFormatError when the bytes are not ONNX, are cut, or pass a limit. A model it accepts may still be one
 * that no runtime can load: operators, types and weights are not checked.
 */
export function summarizeModel(bytes: Uint8Array, limits: OnnxLimits = onnxLimits): ModelSummary {
  return summarize(bytesSource(bytes), limits);
}

/**
 * `summarizeModel` of a file, of which only the parts between the weights are read: a gigabyte takes milliseconds.
 * @throws OnnxFormatError as above with the path in front, and for what is not a plain file; the file system's own
 * error when the file cannot be opened.
 */
export async function readModelSummary(file: string, limits: OnnxLimits = onnxLimits): Promise<ModelSummary> {
  // Opening a named pipe would wait for its writer; non-blocking it opens, and is refused below.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    return summarize(fileSource(handle.fd, await plainFileSize(handle)), limits);
  } catch (error) {
    throw error instanceof OnnxFormatError
      ? new OnnxFormatError(`${file}: ${error.message}`, { cause: error })
      : error;
  } finally {
    await handle.close();
  }
}

function summarize(source: ByteSource, limits: OnnxLimits): ModelSummary {
  if (source.size === 0) throw new OnnxFormatError("the model is empty");
  return readModel(new WireReader(source, limits));
}

async function plainFileSize(handle: FileHandle): Promise<number> {
  const status = await handle.stat();
  if (!status.isFile()) throw new OnnxFormatError("not a plain file");
  return status.size;
}
