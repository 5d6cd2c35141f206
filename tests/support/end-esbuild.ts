import type * as esbuild from "esbuild";

// Each file that bundles starts a process of esbuild's own, which would stay as long as the worker.
afterAll(async () => {
  const loaded = require.cache[require.resolve("esbuild")];
  await (loaded?.exports as typeof esbuild | undefined)?.stop();
});
