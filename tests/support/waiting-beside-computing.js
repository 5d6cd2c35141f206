const { default: Sequencer } = require("@jest/test-sequencer");

/**
 * Alternates test files that wait for the local AWS with those that compute, each kind in order of decreasing duration:
 * together they use all processors, and the last ones are short.
 */
module.exports = class extends Sequencer {
  async sort(tests) {
    const longestFirst = await super.sort(tests);
    const waiting = longestFirst.filter(({ path }) => /tests.(stack|contract|interfaces)./.test(path));
    const computing = longestFirst.filter((test) => !waiting.includes(test));
    return longestFirst.flatMap((_, index) => [waiting[index], computing[index]].filter(Boolean));
  }
};
