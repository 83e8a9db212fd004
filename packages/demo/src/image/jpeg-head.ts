/** What a JPEG file says of itself before it is decoded. */
export interface JpegHead {
  readonly width: number;
  readonly height: number;
}

const startOfImage = 0xd8;
const startOfScan = 0xda;
/** Restart markers and markers without a segment. */
const isBare = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
/** Frames of every kind; among their numbers are those of Huffman tables, extensions and arithmetic conditioning. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Whether bytes begin as every JPEG file does. */
export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === startOfImage;
}

/** Reads up to the first frame header. Undefined when there is none before the first scan. Source: ITU-T T.81, B.1. */
export function readJpegHead(bytes: Uint8Array): JpegHead | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 2;
  while (offset + 9 <= bytes.length && bytes[offset] === 0xff) {
    const marker = view.getUint8(offset + 1);
    // A marker may have any number of bytes 0xFF in front.
    if (marker === 0xff) offset += 1;
    else if (isBare(marker)) offset += 2;
    else if (isFrame(marker))
      return { height: view.getUint16(offset + 5), width: view.getUint16(offset + 7) };
    else if (marker === startOfScan) return undefined;
    else offset += 2 + view.getUint16(offset + 2);
  }
  return undefined;
}

/** The most scans a decoder can find: a scan begins with its marker, which may stand in a thumbnail too. */
export function countScans(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(0xff); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    if (bytes[at + 1] === startOfScan) count++;
  }
  return count;
}
