module.exports = shared.aslValidator();
