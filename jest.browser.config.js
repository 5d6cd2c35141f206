/** @type {import("jest").Config} The pages in a real Chromium. */
module.exports = {
  ...require("./jest.config"),
  testMatch: ["<rootDir>/tests/browser/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
};
