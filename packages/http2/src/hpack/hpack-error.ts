/** A header block that breaks RFC 7541. The tables are out of step from here on: the connection ends with COMPRESSION_ERROR. */
export class HpackError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "HpackError";
  }
}
