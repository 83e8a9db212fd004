import { Code, quoteValue, ServeError } from "@paddlewheel/core";
import { joinSchemas } from "../rpc/joined-schema.js";
import type { ServiceDirectory } from "../rpc/service-directory.js";
import type { PageView } from "./page-view.js";
import { protoTexts } from "./proto-text.js";

/**
 * `/protobufs`: the names of all messages and enums of the services that state their schema; `/protobufs/NAME`: one.
 * @throws ServeError notFound
 */
export function protobufsPage(directory: ServiceDirectory, name: string): PageView {
  const texts = protoTexts(joinSchemas(directory.services()).schema);
  if (name === "") {
    const rows = [...texts.keys()].map((text) => [{ text, href: `/protobufs/${encodeURIComponent(text)}` }]);
    return [{ kind: "table", columns: ["Message"], rows }];
  }
  const text = texts.get(name);
  if (text === undefined) throw new ServeError(Code.notFound, `there is no message ${quoteValue(name)}`);
  return [{ kind: "text", text: text.trimEnd() }];
}
