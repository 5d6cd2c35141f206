// Replaces components/bundle: makes each bundle only once from the same sources, also for other processes and later runs.
const { createHash } = require("node:crypto");
const {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} = require("node:fs");
const { join } = require("node:path");
const { bundleFunction } = require("../../../components/bundle.ts");

const ROOT = join(__dirname, "../../..");
const BUNDLES = join(ROOT, ".cache/test-bundles");

/** What a bundle is made from. */
const SOURCES = [
  "aws-limits.ts",
  "components",
  "functions",
  "package-lock.json",
  "providers",
  "statemachines",
];

const hash = (text) => createHash("sha256").update(text).digest("hex").slice(0, 32);
const filesIn = (name) =>
  statSync(join(ROOT, name)).isFile()
    ? [name]
    : readdirSync(join(ROOT, name), { recursive: true }).map((file) => join(name, file));

/** Returns the folder of the bundles from the present sources, and removes those of others. */
function folder() {
  const files = SOURCES.flatMap(filesIn).map((file) => {
    const { mtimeMs, size } = statSync(join(ROOT, file));
    return [file, mtimeMs, size];
  });
  const present = hash(JSON.stringify(files));
  mkdirSync(join(BUNDLES, present), { recursive: true });
  for (const other of readdirSync(BUNDLES))
    if (other !== present) rmSync(join(BUNDLES, other), { recursive: true, force: true });
  return join(BUNDLES, present);
}

module.exports = {
  async bundleFunction(...of) {
    const key = JSON.stringify(of);
    const known = shared.texts.get(key);
    if (known !== undefined) return known;
    shared.bundles ??= folder();
    const file = join(shared.bundles, hash(key));
    if (!existsSync(file)) {
      const made = `${file}.${process.pid}`;
      writeFileSync(made, await bundleFunction(...of));
      renameSync(made, file);
    }
    const text = readFileSync(file, "utf8");
    shared.texts.set(key, text);
    return text;
  },
};
