import type { BadInput } from "./bad-input.js";
import { wrongElements } from "./elements.js";
import { wrongBodies } from "./http-bodies.js";
import { wrongFields } from "./json-fields.js";
import { wrongJson } from "./json-syntax.js";
import { wrongNames } from "./names.js";
import { wrongPaths } from "./paths.js";
import { wrongPredictions } from "./predictions.js";
import { wrongBytes } from "./protobuf-bytes.js";
import { wrongShapes } from "./shapes.js";

export const badInputs: Readonly<Record<string, readonly BadInput[]>> = {
  "names and counts": wrongNames,
  "shapes and lod": wrongShapes,
  "element types and data fields": wrongElements,
  "protobuf bytes": wrongBytes,
  "JSON text": wrongJson,
  "JSON fields": wrongFields,
  "HTTP bodies": wrongBodies,
  paths: wrongPaths,
  predictions: wrongPredictions,
};
