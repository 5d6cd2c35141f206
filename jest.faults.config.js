/** @type {import("jest").Config} What takes minutes: faults at every call, thousands of random schedules of them, and every alarm raised. */
module.exports = {
  ...require("./jest.config"),
  testMatch: ["<rootDir>/tests/{simulation/{random,exhaustive,broken},stack/{windows,alarms}}.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
};
