/** @type {import("jest").Config} What needs Java: AWS's own DynamoDB Local, and a second JSONata engine with AWS's depth limit. */
module.exports = {
  ...require("./jest.config"),
  testMatch: ["<rootDir>/tests/aws/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
};
