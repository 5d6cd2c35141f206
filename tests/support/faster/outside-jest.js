// Loads this project's TypeScript, and what it imports, in a process of jest's as in any other.
const { join } = require("node:path");

const ROOT = join(__dirname, "../../..");

// tsx would keep what it compiled in the system's temporary folder.
process.env.TSX_DISABLE_CACHE = "1";
require("tsx/cjs");
// jest maps the traces that it prints by itself; Node.js would map that of each of Pulumi's resources and promises.
process.setSourceMapsEnabled(false);

/** Has other exports stand for a module's. */
function replace(module, exports) {
  const id = require.resolve(module);
  require.cache[id] = { id, filename: id, loaded: true, exports };
}
// What loads the whole TypeScript compiler and npm's package tree reader, for functions that are written within a program.
replace("@pulumi/pulumi/runtime/closure/serializeClosure.js", {});
replace("@pulumi/pulumi/runtime/closure/codePaths.js", {});
replace("asl-validator", require("./shared-asl-validator"));
replace(join(ROOT, "components/bundle.ts"), require("./bundle"));
// See ./debuggable.
require("@pulumi/pulumi/runtime/debuggable.js").debuggablePromise = (promise) => promise;

module.exports = {
  load(file, { again = false } = {}) {
    const path = require.resolve(join(ROOT, file));
    if (again) delete require.cache[path];
    return require(path);
  },
};
