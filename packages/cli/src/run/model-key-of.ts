import { Secret } from "@paddlewheel/core";
import type { ServerOptions } from "@paddlewheel/server";

const keyVariable = "PADDLEWHEEL_MODEL_KEY";

/** The key of encrypted models, taken out of the environment, so that Ops and programs they start do not find it there. */
export function takeModelKey(env: NodeJS.ProcessEnv = process.env): Secret | undefined {
  const text = env[keyVariable];
  delete env[keyVariable];
  return text === undefined ? undefined : new Secret(text);
}

/** The key for engines without a `key_file`. */
export function modelKeyOf(env?: NodeJS.ProcessEnv): Pick<ServerOptions, "modelKey"> {
  const key = takeModelKey(env);
  return key === undefined ? {} : { modelKey: () => key };
}
