// Replaces Pulumi's ./closure/serializeClosure, to load the whole TypeScript compiler only when it is used.
const serialize = () => require("@pulumi/pulumi/runtime/closure/serializeClosure.js");
module.exports = {
  serializeFunction: (...of) => serialize().serializeFunction(...of),
  serializeFunctionAsync: (...of) => serialize().serializeFunctionAsync(...of),
};
