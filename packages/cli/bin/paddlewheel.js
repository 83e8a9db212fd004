#!/usr/bin/env -S MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=134217728 MALLOC_MMAP_THRESHOLD_=33554432 node --max-semi-space-size=64 --initial-old-space-size=128 --no-parallel-scavenge
// npm links a bin only when its file is there at install time, which compiled output is not. What the first line sets
// can only be set before the process starts: docs/decisions/0005-how-the-command-starts.md.
import "../dist/thread-heaps.js";
import "../dist/main.js";
