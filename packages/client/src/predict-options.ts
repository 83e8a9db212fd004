import type { ModelTypes, Tensor, TypedArray } from "@paddlewheel/core/message";
import type { Feed, RequestOptions } from "./feed/build-request.js";
import type { NestedList } from "./feed/nested-list.js";

/** Alias names of a model's fetch variables. */
export type FetchName<M extends ModelTypes> = keyof M["fetches"] & string;

/** What a feed variable of a known type may be given. */
export type FeedValueOf<T extends Tensor> = T | Extract<T["data"], TypedArray> | NestedList;

/** Values for a model: where its types are known every variable, and offsets beside ragged ones; else as `Feed`. */
export type FeedOf<M extends ModelTypes> = string extends keyof M["feeds"] ? Feed : KnownFeed<M>;

type KnownFeed<M extends ModelTypes> = {
  readonly [K in keyof M["feeds"]]: FeedValueOf<M["feeds"][K]>;
} & { readonly [K in keyof M["feeds"] & string as `${K}.lod`]?: NestedList };

/** What was fetched of a model whose types are known; of ragged outputs also `NAME.lod`. */
export type FetchedOf<M extends ModelTypes, F extends FetchName<M>> = Pick<M["fetches"], F> & {
  readonly [K in F as `${K}.lod`]?: Tensor;
};

/** What a call needs, checked against the model's types where those are known. */
interface TypedRequestOptions<M extends ModelTypes, F extends FetchName<M>>
  extends Omit<RequestOptions, "feed" | "fetch"> {
  /** A model with one feed variable may be given its bare value; a list with one feed counts as that feed. */
  readonly feed: FeedOf<M> | readonly [FeedOf<M>] | FeedValueOf<M["feeds"][keyof M["feeds"]]>;
  /** Alias names of the outputs wanted, in the order wanted; all by default. */
  readonly fetch?: F | readonly F[];
  /** Time this call may take, in milliseconds; the client's own by default. */
  readonly timeoutMs?: number;
  /** Gives the call up. */
  readonly signal?: AbortSignal;
  /**
   * The versions or labels of the models to run: `canary` of every engine, `uci=3` of one, `stable, uci=3` of one and of
   * all others. Default the server's.
   */
  readonly modelVersion?: string | undefined;
}

/** Who answered a call. */
export interface PredictMetadata {
  /** Tag of the variant. */
  readonly variantTag: string;
  /** Address of the server. */
  readonly host: string;
  /** Version of each engine that ran, `uci=3, ocr=1`; undefined from servers that do not say. */
  readonly modelVersion: string | undefined;
}

/** A call's options, checked against the model's types where those are known. */
export interface PredictOptions<M extends ModelTypes = ModelTypes, F extends FetchName<M> = FetchName<M>>
  extends TypedRequestOptions<M, F> {
  readonly needVariantTag?: false;
  readonly needMetadata?: false;
}

/** The options of a call that gives `[result, tag]`. */
export interface TaggedPredictOptions<
  M extends ModelTypes = ModelTypes,
  F extends FetchName<M> = FetchName<M>,
> extends TypedRequestOptions<M, F> {
  /** Also tells the tag of the variant that was called. */
  readonly needVariantTag: true;
  readonly needMetadata?: false;
}

/** The options of a call that gives `[result, metadata]`. */
export interface MetadataPredictOptions<
  M extends ModelTypes = ModelTypes,
  F extends FetchName<M> = FetchName<M>,
> extends TypedRequestOptions<M, F> {
  readonly needVariantTag?: false;
  /** Also tells who answered. */
  readonly needMetadata: true;
}
