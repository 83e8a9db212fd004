import type { GeneralTensor } from "@paddlewheel/client";
import { wordIds } from "../sentiment/vocabulary.js";

/** What the models take: the ids of the words of a text. */
export function wordsOf(text: string): GeneralTensor {
  const ids = wordIds(text);
  return {
    name: "words",
    aliasName: "words",
    dtype: "int64",
    shape: [1, ids.length],
    data: BigInt64Array.from(ids, BigInt),
  };
}
