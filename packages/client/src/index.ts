export { Client, type ClientOptions } from "./client.js";
export type { Feed, RequestOptions } from "./feed/build-request.js";
export type { FeedValue } from "./feed/feed-tensor.js";
export type { NestedList } from "./feed/nested-list.js";
export type { HttpOptions } from "./http/transport.js";
export type { FeedOf, FeedValueOf, FetchedOf, FetchName, PredictOptions } from "./predict-options.js";
export type { Fetched, FetchedByEngine, Prediction } from "./prediction.js";
export type { ClientTlsOptions } from "./security/client-security.js";
