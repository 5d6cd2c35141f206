// Replaces components/bundle: makes each bundle only once from the same sources, also for other processes and later runs.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { bundleFunction } = require("../../../components/bundle.ts");
const { once } = require("../../../local/install/once.ts");

const ROOT = join(__dirname, "../../..");
const BUNDLES = join(ROOT, ".cache/test-bundles");

/** What a bundle is made from. */
const FOLDERS = ["components", "functions", "providers", "statemachines"];
const FILES = ["aws-limits.ts", "package-lock.json", "tsconfig.json"];

const hash = (value) => createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 32);

/** Returns a hash of the sources' sizes and times of change. */
function presentSources() {
  const within = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true }).map((file) => join(folder, file)),
  );
  return hash(
    [...FILES, ...within].map((file) => {
      const { mtimeMs, size } = statSync(join(ROOT, file));
      return [file, mtimeMs, size];
    }),
  );
}

module.exports = {
  async bundleFunction(...of) {
    const key = JSON.stringify(of);
    const known = shared.texts.get(key);
    if (known !== undefined) return known;
    const sources = presentSources();
    const folder = await once(
      join(sources, hash(of)),
      async (making) => {
        for (const other of readdirSync(BUNDLES))
          if (other !== sources) rmSync(join(BUNDLES, other), { recursive: true, force: true });
        const text = await bundleFunction(...of);
        mkdirSync(making);
        writeFileSync(join(making, "bundle"), text);
      },
      BUNDLES,
    );
    const text = readFileSync(join(folder, "bundle"), "utf8");
    shared.texts.set(key, text);
    return text;
  },
};
