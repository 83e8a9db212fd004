// For pages: nothing here, nor in what it imports, is Node's.
export { Code, type ModelTypes, ServeError, type Tensor, type TensorOf } from "@paddlewheel/core/message";
export {
  BrowserClient,
  type BrowserClientOptions,
  type BrowserPredictMetadata,
} from "./browser/browser-client.js";
export type { ModelJson, ModelVarJson } from "./browser/model-json.js";
export type { Feed } from "./feed/build-request.js";
export type { FeedValue } from "./feed/feed-tensor.js";
export type { NestedList } from "./feed/nested-list.js";
export type {
  FeedOf,
  FetchedOf,
  FetchName,
  MetadataPredictOptions,
  PredictOptions,
} from "./predict-options.js";
export type { Fetched, FetchedByEngine, Prediction } from "./prediction.js";
