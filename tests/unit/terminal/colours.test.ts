import { coloured } from "../../../terminal/colours";

const TERMINAL = { isTTY: true };
const PIPE = {};

test.each([
  ["a terminal", TERMINAL, {}, true],
  ["a terminal that has none", TERMINAL, { TERM: "dumb" }, false],
  ["a pipe or a file", PIPE, {}, false],
  ["a pipe in CI", PIPE, { CI: "1" }, false],
  ["a pipe where they are forced", PIPE, { FORCE_COLOR: "1", CI: "1" }, true],
  ["a terminal where none are forced", TERMINAL, { FORCE_COLOR: "0" }, false],
  ["a terminal where none are wanted", TERMINAL, { NO_COLOR: "1" }, false],
  ["NO_COLOR beside FORCE_COLOR, and wins", TERMINAL, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
  ["a terminal with NO_COLOR set to nothing", TERMINAL, { NO_COLOR: "" }, true],
])("%s decides on colours", (_, stream, env, wanted) => {
  expect(coloured(stream, env)).toBe(wanted);
});
