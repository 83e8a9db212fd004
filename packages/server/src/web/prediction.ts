import { Code, type MessageCodec, ServeError } from "@paddlewheel/core";
import { parseJson } from "@paddlewheel/wire";

/** The body of `POST /{name}/prediction`. */
export interface Prediction {
  /** One entry per instance, feed name → value; all entries have the same names. */
  readonly feed: readonly Readonly<Record<string, unknown>>[];
  /** Outputs wanted, by alias; empty for all. */
  readonly fetch: readonly string[];
}

export const predictionCodec: MessageCodec<Prediction> = {
  typeName: "prediction",
  decode: () => {
    throw new ServeError(
      Code.malformedRequest,
      "body: a prediction is JSON, send content-type application/json",
    );
  },
  encode: (prediction) => Buffer.from(JSON.stringify(prediction)),
  decodeJson: parsePrediction,
  encodeJson: (prediction) => JSON.stringify(prediction),
};

export const resultCodec: MessageCodec<object> = {
  typeName: "result",
  decode: (bytes) => JSON.parse(Buffer.from(bytes).toString("utf8")),
  encode: (result) => Buffer.from(JSON.stringify(result)),
  decodeJson: (text) => JSON.parse(text),
  encodeJson: (result) => JSON.stringify(result),
};

function parsePrediction(text: string): Prediction {
  const body = parseJson(text);
  if (!isObject(body)) throw invalid('body: must be an object {"feed": [...], "fetch": [...]}');
  const { feed, fetch = [] } = body;
  const instances = Array.isArray(feed) ? feed : [feed];
  if (feed === undefined || instances.length === 0) throw invalid("feed: a list of instances is needed");
  const wrong = instances.findIndex((instance) => !isObject(instance));
  if (wrong >= 0) throw invalid(`feed[${wrong}]: must be an object of feed name to value`);
  const names: unknown[] = Array.isArray(fetch) ? fetch : [fetch];
  const notText = names.findIndex((name) => typeof name !== "string");
  if (notText >= 0) throw invalid(`fetch[${notText}]: must be the name of an output`);
  return { feed: instances, fetch: names as string[] };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(message: string): ServeError {
  return new ServeError(Code.invalidArgument, message);
}
