// Imported by the command's bin before anything else. The young generation that its first line asks for is the event
// loop's, whose heap is set up by now. V8 would give as much to every thread, whatever limit its heap is started with:
// docs/decisions/0013-small-heaps-for-worker-threads.md.
import { setFlagsFromString } from "node:v8";

setFlagsFromString("--max-semi-space-size=0");
