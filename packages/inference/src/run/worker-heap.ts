/**
 * Megabytes of a semi-space of V8's young generation in a thread or process that runs a model. A run leaves some KB for the
 * collector, and what it finds alive is next to nothing, so more memory saves no time; V8 would take up to 64 MB.
 */
export const semiSpaceMb = 1;

/** What V8 counts to the young generation: both semi-spaces, and as much for large objects. */
export const youngGenerationMb: number = 3 * semiSpaceMb;

/**
 * Collects what loading a model left on this thread's heap and gives the memory back, some 4 MB and half of what the
 * thread has. V8 would keep it: with a limit far above, it looks for old garbage only when much is new. Takes 15 to 40 ms.
 */
export async function collectLoadGarbage(): Promise<void> {
  try {
    const { Session } = await import("node:inspector");
    const session = new Session();
    session.connect();
    await new Promise((resolve) => session.post("HeapProfiler.collectGarbage", resolve));
    session.disconnect();
  } catch {
    // Node was built or started without an inspector: then the memory stays.
  }
}
