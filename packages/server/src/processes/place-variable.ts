import type { ProcessPlace } from "./worker-process.js";

/** The variable of the environment in which a supervisor tells a process which one it is. */
export const placeVariable = "PADDLEWHEEL_PROCESS";

export function encodePlace(place: ProcessPlace): string {
  return JSON.stringify(place);
}

/** Takes it out of the environment: what this process starts is none of the server's processes. */
export function takePlace(env: NodeJS.ProcessEnv): ProcessPlace | undefined {
  const text = env[placeVariable];
  delete env[placeVariable];
  return text === undefined ? undefined : (JSON.parse(text) as ProcessPlace);
}
