/** @type {import("jest").Config} What packs the npm package and installs it from the registry: a minute or two. */
module.exports = {
  ...require("./jest.config"),
  testMatch: ["<rootDir>/tests/package/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
};
