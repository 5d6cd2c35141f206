// asl-validator with one Ajv for all definitions: it takes half a second to compile the same schemas again.
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
