// Replaces Pulumi's ./debuggable, which keeps the stack trace of every promise. Under jest each trace is mapped to its
// sources, which took two thirds of a program's time.
module.exports = {
  ...require("@pulumi/pulumi/runtime/debuggable.js"),
  debuggablePromise: (promise) => promise,
};
