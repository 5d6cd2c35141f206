import type * as esbuild from "esbuild";

// Ends esbuild after each file: every file that bundles starts its own process of it, which would stay as long as the
// worker.
afterAll(async () => {
  const loaded = require.cache[require.resolve("esbuild")];
  await (loaded?.exports as typeof esbuild | undefined)?.stop();
});
