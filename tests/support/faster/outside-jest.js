// Loads this project's TypeScript, with its imports, in a process of jest as outside of jest.
const { join } = require("node:path");

const ROOT = join(__dirname, "../../..");

// Turn off tsx's cache, which would be in the system's temporary folder.
process.env.TSX_DISABLE_CACHE = "1";
require("tsx/cjs");
// Turn off source maps: jest maps the traces that it prints, and Node.js would map one for each of Pulumi's resources
// and promises.
process.setSourceMapsEnabled(false);

/** Replaces the exports of a module. */
function replace(module, exports) {
  const id = require.resolve(module);
  require.cache[id] = { id, filename: id, loaded: true, exports };
}
// Leave out the whole TypeScript compiler and npm's package tree reader, which only functions written within a program
// need.
replace("@pulumi/pulumi/runtime/closure/serializeClosure.js", {});
replace("@pulumi/pulumi/runtime/closure/codePaths.js", {});
replace("asl-validator", require("./shared-asl-validator"));
replace(join(ROOT, "components/bundle.ts"), require("./bundle"));
// Keep no stack traces, see ./debuggable.
require("@pulumi/pulumi/runtime/debuggable.js").debuggablePromise = (promise) => promise;

module.exports = {
  load(file, { again = false } = {}) {
    const path = require.resolve(join(ROOT, file));
    if (again) delete require.cache[path];
    return require(path);
  },
};
