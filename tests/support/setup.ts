// Remove what jest sets on a terminal: the modules of the command line would print colours.
delete process.env["FORCE_COLOR"];

// Drop Pulumi's warnings of a deployment. A test about a warning spies on console.warn.
const { warn } = console;
console.warn = (...line: unknown[]) => {
  if (!/^warning: \[runtime\] (provider|consumer) /.test(String(line[0]))) warn(...line);
};
