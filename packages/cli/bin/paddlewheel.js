#!/usr/bin/env -S node --max-semi-space-size=64
// npm links a bin only when its file is there at install time, which compiled output is not. The flag gives young
// objects room to die before they are copied: docs/decisions/0005-a-larger-young-generation.md.
import "../dist/main.js";
