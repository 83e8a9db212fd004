import { brotliCompressSync, gzipSync } from "node:zlib";
import { type BadInput, json, protobuf, refused, type Sent } from "./bad-input.js";

const good = '{"tensor":[{"name":"x","elem_type":1,"shape":[1,3],"float_data":[1,2,3]}]}';
const why = "the content encoding is of HTTP";
const zeros = gzipSync(Buffer.alloc(21 * 1024 * 1024));

function encoded(encoding: string, body: string | Buffer): Sent {
  return { ...json(body, why), options: { headers: { "content-encoding": encoding } } };
}

function gzipped(body: string | Buffer): Sent {
  return encoded("gzip", body);
}

/** Bodies in the wrong wrapping, and bodies that are too large. */
export const wrongBodies: readonly BadInput[] = [
  ...refused("malformedRequest", [
    ["gzip that is none", gzipped(good), "body: content-encoding is gzip, the bytes are not"],
    [
      "gzip cut off",
      gzipped(gzipSync(good).subarray(0, -9)),
      "body: content-encoding is gzip, the bytes are not",
    ],
    [
      "gzip with a wrong checksum",
      gzipped(Buffer.concat([gzipSync(good).subarray(0, -8), Buffer.alloc(8)])),
      "body: content-encoding is gzip, the bytes are not",
    ],
    ["gzip that unpacks to no JSON", gzipped(gzipSync("hello")), /^the text is not JSON: /],
    ["gzip without saying so", json(gzipSync(good), why), "body: is not UTF-8 text"],
    [
      "an encoding nobody speaks",
      encoded("br", brotliCompressSync(good)),
      'body: content-encoding "br" is not known, send gzip or none',
    ],
  ]),
  ...refused("messageTooLarge", [
    [
      "gzip that unpacks to 21 MiB",
      gzipped(zeros),
      `a message of ${zeros.length} bytes unpacks to more than ${zeros.length * 100}; send it uncompressed`,
    ],
    [
      "JSON of 17 MiB",
      json(Buffer.alloc(17 * 1024 * 1024, " "), why),
      "body: JSON larger than the limit of 16777216 bytes, send application/proto instead",
    ],
    [
      "a message a byte over the limit",
      { ...protobuf(Buffer.alloc(20 * 1024 * 1024 + 1), "JSON has a lower limit"), isAnsweredByGrpc: true },
      // baidu_std counts the meta of the frame too.
      /^Received message larger than max \(20971\d\d\d vs 20971520\)$/,
    ],
  ]),
];
