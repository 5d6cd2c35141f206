/** @type {import("jest").Config} What takes minutes: faults at every call, thousands of random schedules and requests, and every alarm raised. */
module.exports = {
  ...require("./jest.config"),
  testMatch: [
    "<rootDir>/tests/{simulation/{random,exhaustive,broken},stack/{windows,alarms},unit/providers/engine/fuzz}.test.ts",
  ],
  testPathIgnorePatterns: ["/node_modules/"],
};
