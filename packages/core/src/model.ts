// What a thread needs that runs a copy of a model. Each worker thread compiles what it imports for itself: all of core would
// take 3 MB of each.
export { defaultSessionConf } from "./engine/session-conf.js";
export { systemClock } from "./observe/clock.js";
export { dtypeTable } from "./tensor/dtype.js";
export { numberToBfloat16, numberToFloat16 } from "./tensor/float16.js";
export { concatRows, sliceRows } from "./tensor/rows.js";
export { elementCount } from "./tensor/tensor.js";
