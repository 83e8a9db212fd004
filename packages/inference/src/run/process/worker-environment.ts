import { semiSpaceMb } from "../worker-heap.js";

/** What the runtime, its allocator and its libraries read; credentials of the server are not among it. */
const handedDown =
  /^(?:PATH|TZ|LANG|LC_\w+|TMPDIR|LD_LIBRARY_PATH|LD_PRELOAD|CUDA_\w+|NVIDIA_\w+|MALLOC_\w+|OMP_\w+|KMP_\w+|ORT_\w+)$/;

/** Variables of this process that a worker process gets. */
export function workerEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => handedDown.test(name)));
}

const handedDownFlags =
  /^--(?:enable-source-maps$|max-(?:old-space|heap)-size=|initial-old-space-size=|conditions=)/;

/**
 * Flags of Node that a worker process gets: those of old memory, a young generation of its own, and those that say which
 * code is loaded. A debugger listens on one port, and what is preloaded belongs to the server.
 */
export function workerFlags(execArgv: readonly string[], nodeOptions = ""): string[] {
  const flags = [...nodeOptions.split(/\s+/), ...execArgv];
  return [`--max-semi-space-size=${semiSpaceMb}`, ...flags.filter((flag) => handedDownFlags.test(flag))];
}
