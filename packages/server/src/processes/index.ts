export { defaultLimits } from "../limits.js";
export { createPinoLogger, type LogLevel, type LogSink } from "../observe/pino-logger.js";
export { clusterWorkers } from "./cluster-workers.js";
export { type JoinedProcess, joinSupervisor, type ServerProcess } from "./server-process.js";
export { Supervisor, type SupervisorOptions, type SupervisorStart } from "./supervisor.js";
export { describeEnd, type ProcessEnd, type ProcessPlace, type SpawnWorker } from "./worker-process.js";
