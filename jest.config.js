const { availableParallelism } = require("node:os");

/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "<rootDir>/tests/support/environment.js",
  testMatch: ["<rootDir>/tests/**/*.test.ts"],
  // Minutes of faults at every call: `npm run test:faults`; what needs Java: `npm run test:aws`; the command line and the
  // console: `npm run test:interfaces`; how others install, load and start it: `npm run test:package`.
  testPathIgnorePatterns: [
    "/node_modules/",
    "<rootDir>/tests/(aws|interfaces|package)/",
    "<rootDir>/tests/(simulation/(random|exhaustive|broken)|stack/(windows|alarms)|unit/providers/engine/fuzz)",
  ],
  // Most of the time the tests on the emulator wait; on two processors five workers use that.
  maxWorkers: Math.max(5, availableParallelism() - 1),
  testSequencer: "<rootDir>/tests/support/waiting-beside-computing.js",
  modulePathIgnorePatterns: ["<rootDir>/.cache/", "<rootDir>/dist/"],
  // Parts of packages that cost each file seconds.
  moduleNameMapper: {
    "^\\./(?:closure/)?(debuggable|serializeClosure|codePaths)$": "<rootDir>/tests/support/faster/$1.js",
    // The package, as the examples import it.
    "^webhook-inbox$": "<rootDir>/components",
    "^webhook-inbox/(.*)$": "<rootDir>/$1",
    "^asl-validator$": "<rootDir>/tests/support/faster/asl-validator.js",
    "^\\./deployer$": "<rootDir>/tests/support/faster/deployer.js",
    "^\\./bundle$": "<rootDir>/tests/support/faster/bundle.js",
    "^(?:\\.{1,2}/)+(?:.+/)?test-keys$": "<rootDir>/tests/support/faster/test-keys.js",
  },
  transform: {
    "^.+\\.tsx$": [
      "@swc/jest",
      {
        jsc: {
          parser: { syntax: "typescript", tsx: true },
          transform: { react: { runtime: "automatic", importSource: "hono/jsx" } },
          target: "es2022",
        },
        module: { type: "commonjs" },
      },
    ],
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } },
    ],
  },
  setupFiles: ["<rootDir>/tests/support/setup.ts"],
  setupFilesAfterEnv: ["<rootDir>/tests/support/end-esbuild.ts"],
  testTimeout: 60_000,
  // Milliseconds. On busy processors freeing a worker's memory takes longer than the half second that is usual.
  workerGracefulExitTimeout: 5_000,
};
