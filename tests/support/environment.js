const { AsyncLocalStorage } = require("node:async_hooks");
const { generateKeyPairSync } = require("node:crypto");
const { TestEnvironment } = require("jest-environment-node");

// The project's scripts run on Node 20 too; the functions run on 24.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

const RSA_KEYS = 8;
const rsaKeys = [];
let taken = 0;

/** What jest would make or load again for each file of tests, and these share in each of its processes. */
const shared = {
  aslValidator: () => require("./faster/shared-asl-validator"),
  /** One of eight RSA keys, in turn: finding one takes a fifth of a second. */
  rsaKey() {
    const at = taken++ % RSA_KEYS;
    return (rsaKeys[at] ??= generateKeyPairSync("rsa", { modulusLength: 2048 }));
  },
  /** Texts that take a while to make, by what they were made of. */
  texts: new Map(),
};
globalThis.shared = shared;
const ownConsole = console;

// On Node 20 each storage in use makes every promise of the process several times slower. jest's runner has one for each
// file, of which test it is in: only for tests that run side by side in a file. Others end with their file.
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
   * Loads a file, relative to the project, as Node.js would: once for all files of tests, or `again`. It prints where these do.
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
