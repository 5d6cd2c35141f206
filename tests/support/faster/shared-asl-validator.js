// asl-validator with one Ajv for all definitions: compiling the same schemas again takes half a second.
const ajv = require("ajv");

class Again extends ajv.Ajv {
  addKeyword(definition) {
    const [name] = [definition.keyword].flat();
    return this.getKeyword(name) ? this : super.addKeyword(definition);
  }
}

let made;
ajv.default = function CompiledOnce(options) {
  made ??= new Again(options);
  return made;
};

module.exports = require("asl-validator");
