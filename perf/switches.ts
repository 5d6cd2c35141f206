/** Options of every command in this folder, for `parseArgs`. */
export const SWITCHES = {
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;
