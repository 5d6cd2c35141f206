const { default: Sequencer } = require("@jest/test-sequencer");

/**
 * Alternates files that wait for the local AWS with those that compute, the longest of each first: together they use the
 * processors, and what is left for the end is short.
 */
module.exports = class extends Sequencer {
  async sort(tests) {
    const longestFirst = await super.sort(tests);
    const waiting = longestFirst.filter(({ path }) => /tests.(stack|contract|interfaces)./.test(path));
    const computing = longestFirst.filter((test) => !waiting.includes(test));
    return longestFirst.flatMap((_, index) => [waiting[index], computing[index]].filter(Boolean));
  }
};
