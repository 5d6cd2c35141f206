// Replaces local/deployer, to load it and the program outside of jest's modules, so that Pulumi is loaded once in a
// process.
module.exports = {
  deploy(emulator, config) {
    const { deploy } = shared.load("local/deployer/index.ts");
    return deploy(emulator, config, () => shared.load("index.ts", { again: true }));
  },
};
