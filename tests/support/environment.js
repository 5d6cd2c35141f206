const { AsyncLocalStorage } = require("node:async_hooks");
const { generateKeyPairSync } = require("node:crypto");
const { TestEnvironment } = require("jest-environment-node");

// Turn off the warning: the functions run on Node 24, and only the project's scripts also run on Node 20.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

const RSA_KEYS = 8;
const rsaKeys = [];
let taken = 0;

/** Objects that jest would create or load again for each test file, shared by all files in a process. */
const shared = {
  aslValidator: () => require("./faster/shared-asl-validator"),
  /** Returns one of eight RSA keys in turn: generating one takes a fifth of a second. */
  rsaKey() {
    const at = taken++ % RSA_KEYS;
    return (rsaKeys[at] ??= generateKeyPairSync("rsa", { modulusLength: 2048 }));
  },
  /** Texts that take long to make, by what they were made from. */
  texts: new Map(),
};
globalThis.shared = shared;
const ownConsole = console;

// End the storages with their file: on Node 20 each one in use makes every promise of the process several times slower.
// jest's runner creates one per file for the running test, which only concurrent tests need, so it is not started at
// all.
const storages = new Set();
const { run } = AsyncLocalStorage.prototype;
AsyncLocalStorage.prototype.run = function (store, callback, ...of) {
  if (store && typeof store === "object" && "test" in store) return callback(...of);
  storages.add(this);
  return run.call(this, store, callback, ...of);
};

module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.shared = { ...shared, load: (...of) => this.load(...of) };
  }

  /**
   * Loads a file, relative to the project, outside of jest: once for all test files, or `again`. Its output goes to the
   * current file's console.
   */
  load(file, options) {
    globalThis.console = this.global.console;
    return require("./faster/outside-jest").load(file, options);
  }

  async teardown() {
    globalThis.console = ownConsole;
    for (const storage of storages) storage.disable();
    storages.clear();
    await super.teardown();
  }
};
