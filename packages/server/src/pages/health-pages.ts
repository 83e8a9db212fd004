import type { EngineStatus } from "@paddlewheel/inference";
import type { BuiltinPage } from "./builtin-pages.js";

export interface HealthSource {
  /** How far the server is; it takes calls when this is "ready". */
  state(): string;
  engines(): readonly EngineStatus[];
}

/** `/health` and `/health/live` say that the process answers, `/health/ready` whether it takes calls. For everybody. */
export function healthPages(source: HealthSource): readonly BuiltinPage[] {
  const alive = (): { status: number; contentType: string; body: string } => ({
    status: 200,
    contentType: "text/plain",
    body: "OK",
  });
  const ready: BuiltinPage["page"] = () => ({
    status: source.state() === "ready" ? 200 : 503,
    contentType: "application/json",
    body: JSON.stringify({ state: source.state(), engines: source.engines().map(shown) }),
  });
  return [
    { path: "/health", page: alive, options: {} },
    { path: "/health/live", page: alive, options: {} },
    { path: "/health/ready", page: ready, options: {} },
  ];
}

/** Without what is not for everybody: why a load failed tells of folders and values. */
function shown({ name, version, isReady, placement, pids, versions }: EngineStatus): object {
  const workers = pids.length > 0 ? { pids } : {};
  const shownVersions = versions.map(({ failure: _, ...rest }) => rest);
  return { name, version, isReady, placement, ...workers, versions: shownVersions };
}
