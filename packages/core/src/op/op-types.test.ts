import assert from "node:assert/strict";
import { test } from "node:test";
import type { GeneralBlob } from "./general-blob.js";
import { type InputOf, type OpClass, OpWithChannel, type OutputOf } from "./op.js";

/** Compiles only when both types are the same. */
function same<A, B>(..._proof: [A] extends [B] ? ([B] extends [A] ? [] : [never]) : [never]): void {}

class TopKOp extends OpWithChannel<string[], { k: number }, { scores: number[] }> {
  inference(): void {
    const { scores } = this.dependArgument("classify");
    this.output = scores.slice(0, this.config.k).map(String);
    // @ts-expect-error: the output of this class is a list of strings
    this.output = 5;
    // @ts-expect-error: its input has scores only
    this.dependArgument("classify").tensors;
    // @ts-expect-error: dependencies are read-only unless they are asked for to be changed
    this.dependArgument("classify").scores = [];
    this.mutableDependArgument("classify").scores = [];
    same<Readonly<number>, ReturnType<typeof this.dependArgument<number>>>();
  }
}

class PlainOp extends OpWithChannel<number> {
  inference(): void {
    this.output = this.dependArgument("read").tensors.size;
    // @ts-expect-error: without a word of its class an Op reads a GeneralBlob
    this.dependArgument("read").scores;
    const other: { readonly rows: number } = this.dependArgument<{ rows: number }>("count");
    this.output = other.rows;
  }
}

test("the input and output of an Op class are known to the type checker", () => {
  same<OutputOf<typeof TopKOp>, string[]>();
  same<InputOf<typeof TopKOp>, { scores: number[] }>();
  same<OutputOf<typeof PlainOp>, number>();
  same<InputOf<typeof PlainOp>, GeneralBlob>();
  // @ts-expect-error: proof that `same` can fail
  same<OutputOf<typeof PlainOp>, string>();
  const classes: readonly OpClass[] = [TopKOp, PlainOp];
  assert.equal(classes.length, 2);
});
