// In place of Pulumi's ./closure/codePaths, which loads npm's own package tree reader: loads it when it is first used.
module.exports = {
  computeCodePaths: (...of) => require("@pulumi/pulumi/runtime/closure/codePaths.js").computeCodePaths(...of),
};
