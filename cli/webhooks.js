#!/usr/bin/env node
const { existsSync } = require("node:fs");
const { join } = require("node:path");

// Chooses what to run: a clone has the sources, the npm package the code compiled from them.
if (existsSync(join(__dirname, "index.ts"))) {
  require("tsx/cjs");
  require("./index.ts");
} else {
  require("../dist/webhooks.js");
}
