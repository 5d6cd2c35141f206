/**
 * @type {import("jest").Config} How others load it: packs the npm package and installs it from the registry, and loads the
 * program as the Pulumi CLI does, which checks its types: a minute or two.
 */
module.exports = {
  ...require("./jest.config"),
  testMatch: ["<rootDir>/tests/package/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
};
