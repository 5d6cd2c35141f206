/**
 * @type {import("jest").Config} How others use it: packs the npm package and installs it from the registry, loads the program as
 * the Pulumi CLI does, which checks its types, and runs `npm start`, `npm run demo` and the recipes of docs/recipes.md.
 */
module.exports = {
  ...require("./jest.config"),
  testMatch: ["<rootDir>/tests/package/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
};
