import { ReloadableType } from "@paddlewheel/core";

/** What `reloadable_meta` said at one time. */
export interface ReloadTag {
  /** Two tags with one text are the same. */
  readonly text: string;
  /** Nanoseconds since the epoch; 0 where no time counts. */
  readonly mtimeNs: bigint;
}

export interface TagChange {
  /** When what is served was loaded; undefined when there was no `reloadable_meta` then. */
  readonly loaded: ReloadTag | undefined;
  /** Undefined when there is none now. */
  readonly now: ReloadTag | undefined;
}

/**
 * Whether the tag announces a new model. A tag that has gone announces nothing.
 * Source: Paddle Serving, `ReloadableInferEngine::check_need_reload`. Its times have a resolution of a second, and its
 * `md5sum` and `revision` never said yes.
 */
export function announcesReload(type: ReloadableType, { loaded, now }: TagChange): boolean {
  if (type === ReloadableType.none || now === undefined || now.text === loaded?.text) return false;
  // Of one time, another size or another file is another model: some file systems count time coarsely.
  if (type === ReloadableType.timestampGt) return loaded === undefined || now.mtimeNs >= loaded.mtimeNs;
  return true;
}
