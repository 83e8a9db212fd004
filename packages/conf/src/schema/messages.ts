import { Root, type Type } from "protobufjs";
import { descriptor } from "../gen/configure.js";

const root = Root.fromJSON(descriptor);
root.resolveAll();

/** The schema of one message of the conf files, e.g. `EngineDesc`. */
export function confType(name: string): Type {
  return root.lookupType(`baidu.paddle_serving.configure.${name}`);
}
