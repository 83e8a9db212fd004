/** What one request to classify pictures may ask for, so that a small one cannot cost much time or memory. */
export const imageLimits = {
  /** A phone's photo has 4032 × 3024. Decoding takes some 0.15 s and 35 MB a million, in each thread of the pool at once. */
  maxImagePixels: 12_500_000,
  /** Of all pictures of a request, which are decoded one after the other: some 4 s of one thread. */
  maxRequestPixels: 25_000_000,
  /**
   * A scan may be 20 bytes that pass over every block of the picture. Progressive files have about 10, and a thumbnail
   * inside a file counts too.
   */
  maxScans: 100,
  /** Numbers of the tensor for the model: 64 MiB, the default limit of a request's body. A picture of 224 × 224 has 150528. */
  maxElements: 16_777_216,
  /** Side of the square a model may ask for; classifiers ask for 224 to 600. */
  maxSize: 1024,
  /** MiB that jpeg-js may count for one picture: 28 bytes a pixel, which four colours without subsampling need. */
  maxDecoderMemory: 340,
} as const;
