import { Code, ServeError } from "@paddlewheel/core";
import { decode } from "jpeg-js";
import { imageLimits } from "./image-limits.js";
import { countScans, isJpeg, type JpegHead, readJpegHead } from "./jpeg-head.js";

/** A picture as rows of pixels, each red, green and blue from 0 to 255. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A file that is within `imageLimits`, if it is what it says. */
export interface JpegFile extends JpegHead {
  /** The field it came in, for messages. */
  readonly place: string;
  readonly bytes: Uint8Array;
}

/**
 * Checks what a file says of itself, which costs next to nothing, before anything is decoded.
 * @throws ServeError invalidArgument for what is no JPEG, and for one beyond `imageLimits`.
 */
export function openJpeg(place: string, bytes: Uint8Array): JpegFile {
  if (bytes.length === 0) throw invalid(place, "is empty, must be a JPEG file");
  if (!isJpeg(bytes)) throw invalid(place, "is no JPEG file: those begin with the bytes FF D8");
  const head = readJpegHead(bytes);
  if (!head) throw invalid(place, "is damaged: the JPEG file has no frame header");
  const { width, height } = head;
  const pixels = width * height;
  if (pixels === 0) throw invalid(place, `has ${width} × ${height} pixels, must have at least one`);
  const { maxImagePixels, maxScans } = imageLimits;
  if (pixels > maxImagePixels) {
    throw invalid(place, `has ${width} × ${height} pixels, at most ${maxImagePixels} are allowed`);
  }
  const scans = countScans(bytes);
  if (scans > maxScans) throw invalid(place, `has ${scans} scans, at most ${maxScans} are allowed`);
  return { place, bytes, width, height };
}

/**
 * Decodes baseline and progressive JPEG, of grey, colour or print colours. What EXIF says of its orientation is not looked
 * at.
 * @throws ServeError invalidArgument when it is damaged or of another kind.
 */
export function decodeJpeg({ place, bytes, width, height }: JpegFile): RgbImage {
  try {
    return decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      // Where a file shows the decoder another header than it showed us, it must not be a larger one.
      maxResolutionInMP: (width * height + 0.5) / 1e6,
      maxMemoryUsageInMB: imageLimits.maxDecoderMemory,
    });
  } catch (thrown) {
    // jpeg-js throws plain errors of its own, and stumbles over much that is damaged.
    const isOwn = thrown instanceof Error && thrown.name === "Error";
    const reason = isOwn ? thrown.message : "the file contradicts itself";
    throw invalid(place, `cannot be decoded as JPEG: ${reason}`, thrown);
  }
}

function invalid(place: string, what: string, cause?: unknown): ServeError {
  return new ServeError(Code.invalidArgument, `${place}: ${what}`, { cause });
}
