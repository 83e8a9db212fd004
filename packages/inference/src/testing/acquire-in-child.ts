import { RecordingLogger } from "@paddlewheel/core/testing";
import { ModelCache } from "../cache/model-cache.js";
import { cacheRequest } from "./cache-request.js";

/** A process that acquires the model of a folder and says which entry it got: `CACHE MODEL_DIR`. */
const [, , dir = "", modelDir = ""] = process.argv;
const logger = new RecordingLogger();
const cache = new ModelCache({ dir, minModelBytes: 0, logger });
const prepared = await cache.acquire(await cacheRequest(modelDir));
process.stdout.write(JSON.stringify({ dir: prepared?.dir, lines: logger.lines }));
