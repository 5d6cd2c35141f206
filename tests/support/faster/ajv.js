// In place of Ajv, of which asl-validator makes one for each definition: compiling the same schemas again takes half a second.
const ajv = require("ajv/dist/ajv.js");

class Again extends ajv.Ajv {
  addKeyword(definition) {
    const [name] = [definition.keyword].flat();
    return this.getKeyword(name) ? this : super.addKeyword(definition);
  }
}

let made;
function CompiledOnce(options) {
  made ??= new Again(options);
  return made;
}
module.exports = { ...ajv, __esModule: true, default: CompiledOnce };
