// Replaces Pulumi's ./closure/codePaths, to load npm's own package tree reader only when it is used.
module.exports = {
  computeCodePaths: (...of) => require("@pulumi/pulumi/runtime/closure/codePaths.js").computeCodePaths(...of),
};
