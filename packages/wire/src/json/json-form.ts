/** A message as JSON in brpc's dialect. */
export interface JsonForm<T> {
  /** @throws ServeError malformedRequest, and what the message's own rules say. */
  decodeJson(text: string): T;
  encodeJson(message: T): string;
}
