/** @type {import("jest").Config} The command line in processes, and the console in a real Chromium, on the local AWS. */
module.exports = {
  ...require("./jest.config"),
  testMatch: ["<rootDir>/tests/interfaces/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
};
