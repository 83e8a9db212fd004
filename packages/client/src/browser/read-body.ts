import { messageTooLarge } from "@paddlewheel/wire/json";

/**
 * The body of an answer, unpacked.
 * @throws ServeError messageTooLarge beyond `maxBytes`, of which no more is read; what the stream throws.
 */
export async function readBody({ body }: Response, maxBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const reader = body?.getReader();
  for (let read = await reader?.read(); read?.value; read = await reader?.read()) {
    size += read.value.length;
    if (size > maxBytes) {
      await reader?.cancel();
      throw messageTooLarge(size, maxBytes);
    }
    pieces.push(read.value);
  }
  return concat(pieces, size);
}

function concat(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const [first] = pieces;
  if (first && pieces.length === 1) return first;
  const whole = new Uint8Array(size);
  let end = 0;
  for (const piece of pieces) {
    whole.set(piece, end);
    end += piece.length;
  }
  return whole;
}
