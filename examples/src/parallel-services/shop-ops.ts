import { setTimeout } from "node:timers/promises";
import {
  Code,
  type ConfigOf,
  type ConfigSchema,
  defineConfig,
  type Merger,
  OpWithChannel,
  ServeError,
} from "@paddlewheel/core";

// Messages as the .proto files of the example declare them.
export interface OrderRequest {
  readonly product: string;
}

export interface Offer {
  readonly seller: string;
  readonly price: number;
}

export interface OrderResponse {
  readonly total: number;
}

type SleepOptions = ConfigSchema<{
  readonly ms: { readonly int32: number };
  readonly gives: { readonly double: number };
}>;

/** Stands for a slow question to somebody else: waits, without blocking anything, and gives a number. */
export class SleepOp extends OpWithChannel<number, ConfigOf<SleepOptions>> {
  static readonly type: string = "SleepOp";
  static readonly config: SleepOptions = defineConfig({ ms: { int32: 100 }, gives: { double: 0 } });

  async inference(): Promise<void> {
    await setTimeout(this.config.ms, undefined, { signal: this.call.signal });
    this.output = this.config.gives;
  }
}

type OfferOptions = ConfigSchema<{ readonly seller: { readonly string: string } }>;

/** A price, of `ask`, as the offer of a seller. */
export class OfferOp extends OpWithChannel<Offer, ConfigOf<OfferOptions>, number> {
  static readonly type: string = "OfferOp";
  static readonly config: OfferOptions = defineConfig({ seller: { string: "" } });

  inference(): void {
    this.output = { seller: this.config.seller, price: this.dependArgument<number>("ask") };
  }
}

/** Passes the request on when it can be ordered. */
export class CheckOp extends OpWithChannel<OrderRequest> {
  static readonly type: string = "CheckOp";

  inference(): void {
    const request = this.requestMessage<OrderRequest>();
    if (request.product === "") throw new ServeError(Code.invalidArgument, "product: must not be empty");
    this.output = request;
  }
}

/** The sum of all numbers it depends on. */
export class TotalOp extends OpWithChannel<OrderResponse, unknown, number> {
  static readonly type: string = "TotalOp";

  inference(): void {
    const numbers = this.preNames.map((name) => this.dependArgument<number>(name));
    this.output = { total: numbers.reduce((sum, number) => sum + number, 0) };
  }
}

/** Of two offers the one with the lower price. Conf names it in `merger`. */
export const cheapestMerger: Merger = {
  name: "cheapest",
  merge: (best, offer) => ((offer as Offer).price < (best as Offer).price ? offer : best),
};
