// Replaces providers/engine/test-keys, to share the RSA keys.
const made = require("../../../providers/engine/test-keys.ts");
const pem = ({ publicKey, privateKey }) => ({
  secret: publicKey.export({ type: "spki", format: "pem" }),
  signWith: privateKey.export({ type: "pkcs8", format: "pem" }),
});
module.exports = { keyPair: (type) => (type === "rsa" ? pem(shared.rsaKey()) : made.keyPair(type)) };
