// Makes Node.js run this project's TypeScript in its own process: `node --import ./local/tsx.mjs <program>`. The
// command `tsx` runs it in a second process, and kills that if it does not react to a Ctrl-C within milliseconds,
// before it can clean up.

// Turn off tsx's cache, which would be in the system's temporary folder.
process.env.TSX_DISABLE_CACHE = "1";
await import("tsx");
