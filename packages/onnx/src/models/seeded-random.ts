/** Step between states: 2^32 divided by the golden ratio, odd, so all 2^32 states are visited. */
const goldenGamma = 0x9e3779b9;

/**
 * A source of numbers from 0 up to but not 1 that is the same on every machine for the same seed: a counter whose
 * steps are mixed by the finalizer of MurmurHash3, which is SplitMix with 32-bit words. 24 bits each, so a number is
 * exact as float32. Good enough for weights, not for secrets.
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + goldenGamma) >>> 0;
    return (mix(state) >>> 8) / 2 ** 24;
  };
}

function mix(word: number): number {
  const first = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return second ^ (second >>> 16);
}

/** `length` numbers spread evenly between -bound and bound. */
export function uniformArray(random: () => number, length: number, bound: number): Float32Array {
  const values = new Float32Array(length);
  for (let index = 0; index < length; index++) values[index] = (2 * random() - 1) * bound;
  return values;
}

/** He initialization, uniform: weights that keep the variance of what passes them and a Relu. Source: He et al. 2015. */
export function heWeights(random: () => number, length: number, fanIn: number): Float32Array {
  return uniformArray(random, length, Math.sqrt(6 / fanIn));
}
