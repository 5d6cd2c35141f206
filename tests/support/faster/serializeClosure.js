// In place of Pulumi's ./closure/serializeClosure, which loads the whole TypeScript compiler: loads it when it is first used.
const serialize = () => require("@pulumi/pulumi/runtime/closure/serializeClosure.js");
module.exports = {
  serializeFunction: (...of) => serialize().serializeFunction(...of),
  serializeFunctionAsync: (...of) => serialize().serializeFunctionAsync(...of),
};
