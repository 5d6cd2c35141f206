// Replaces components/bundle: makes each bundle only once from the same sources.
const { bundleFunction } = require("../../../components/bundle.ts");
module.exports = {
  async bundleFunction(...of) {
    const key = JSON.stringify(of);
    const text = shared.texts.get(key) ?? (await bundleFunction(...of));
    shared.texts.set(key, text);
    return text;
  },
};
