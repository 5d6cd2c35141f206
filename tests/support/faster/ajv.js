// In place of Ajv, of which asl-validator makes one for each definition: compiling the same schemas anew takes half a second.
const ajv = require("ajv/dist/ajv.js");

let made;
class CompiledOnce extends ajv.Ajv {
  constructor(options) {
    if (made) return made;
    super(options);
    made = this;
  }
  addKeyword(definition) {
    const [name] = [definition.keyword].flat();
    return this.getKeyword(name) ? this : super.addKeyword(definition);
  }
}
module.exports = { ...ajv, __esModule: true, default: CompiledOnce };
