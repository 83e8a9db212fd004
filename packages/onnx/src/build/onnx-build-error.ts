/** A graph that cannot be meant: an unknown or repeated name, data that does not fit its shape. The message names the place. */
export class OnnxBuildError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "OnnxBuildError";
  }
}
