/**
 * @type {import("jest").Config} How others use it: packs the npm package and installs it from the registry, loads the program as
 * the Pulumi CLI does, which checks its types, and runs `npm start` and `npm run demo`: a minute or two.
 */
module.exports = {
  ...require("./jest.config"),
  testMatch: ["<rootDir>/tests/package/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
};
