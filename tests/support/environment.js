const { AsyncLocalStorage } = require("node:async_hooks");
const { generateKeyPairSync } = require("node:crypto");
const { TestEnvironment } = require("jest-environment-node");

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

// Each that was used makes every later promise of the process slower on Node 20, and jest's runner has one for each file.
const storages = new Set();
const { run } = AsyncLocalStorage.prototype;
AsyncLocalStorage.prototype.run = function (...of) {
  storages.add(this);
  return run.apply(this, of);
};

module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.shared = shared;
  }

  async teardown() {
    for (const storage of storages) storage.disable();
    storages.clear();
    await super.teardown();
  }
};
