/** @type {import("jest").Config} What needs Node alone: neither Python nor the emulator. */
module.exports = {
  ...require("./jest.config"),
  testMatch: ["<rootDir>/tests/{unit,simulation}/**/*.test.ts", "<rootDir>/tests/contract/fakes.test.ts"],
};
