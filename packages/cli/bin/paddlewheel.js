#!/usr/bin/env node
// npm links a bin only when its file is there at install time, which compiled output is not.
import "../dist/main.js";
