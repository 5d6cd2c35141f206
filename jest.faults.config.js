/** @type {import("jest").Config} What takes minutes: faults at every call, and thousands of random schedules of them. */
module.exports = {
  ...require("./jest.config"),
  testMatch: ["<rootDir>/tests/{simulation/{random,exhaustive},stack/windows}.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
};
