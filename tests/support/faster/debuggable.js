// In place of Pulumi's ./debuggable: that one keeps the stack trace of every promise, and under jest each trace is mapped to its
// sources, which took two thirds of a program's time.
module.exports = {
  ...require("@pulumi/pulumi/runtime/debuggable.js"),
  debuggablePromise: (promise) => promise,
};
