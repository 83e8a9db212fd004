import type { GeneralResponse, GeneralTensor } from "@paddlewheel/wire";
import { compareTensors } from "./compare-tensors.js";
import { type Comparison, ComparisonTally } from "./comparison.js";

/**
 * Compares the tensors of two responses by name; what the servers say of their work does not count. Of a single model the
 * name of the engine does not either: another server may call it otherwise.
 * @param tolerance by how much numbers with a fraction may differ, or by which share of the larger one
 */
export function compareResponses(
  expected: GeneralResponse,
  actual: GeneralResponse,
  tolerance: number,
): Comparison {
  const tally = new ComparisonTally(tolerance);
  const wanted = tensorsByName(expected);
  const got = tensorsByName(actual);
  for (const [name, tensor] of wanted) {
    const other = got.get(name);
    tally.within(name, () => (other ? compareTensors(tensor, other, tally) : tally.differ("is missing")));
  }
  for (const name of got.keys()) {
    if (!wanted.has(name)) tally.within(name, () => tally.differ("is there, but not expected"));
  }
  return tally.end();
}

function tensorsByName({ outputs }: GeneralResponse): ReadonlyMap<string, GeneralTensor> {
  const isAlone = outputs.length === 1;
  return new Map(
    outputs.flatMap(({ engineName, tensors }) =>
      tensors.map((tensor): [string, GeneralTensor] => {
        const name = tensor.aliasName || tensor.name;
        return [isAlone ? name : `${engineName}.${name}`, tensor];
      }),
    ),
  );
}
