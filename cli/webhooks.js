#!/usr/bin/env node
const { existsSync } = require("node:fs");
const { join } = require("node:path");

// A clone has the sources, the npm package what they were compiled to.
if (existsSync(join(__dirname, "index.ts"))) {
  require("tsx/cjs");
  require("./index.ts");
} else {
  require("../dist/webhooks.js");
}
