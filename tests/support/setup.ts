// jest sets it on a terminal; the command line's modules would print with colours then.
delete process.env["FORCE_COLOR"];

// What Pulumi warns of as a stack is deployed; a test that is about a warning spies on console.warn.
const { warn } = console;
console.warn = (...line: unknown[]) => {
  if (!String(line[0]).startsWith("warning: [runtime] provider ")) warn(...line);
};
