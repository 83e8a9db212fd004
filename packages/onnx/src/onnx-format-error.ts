/** A file that is not ONNX, is cut or corrupt, or passes a limit of the reader. The message says what and at which byte. */
export class OnnxFormatError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "OnnxFormatError";
  }
}
