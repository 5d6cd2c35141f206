/** Words of a private language, each with the standard term to use instead. */
export const BANNED: readonly (readonly [word: RegExp, instead: string])[] = [
  [/\bwhoever\b/i, "the provider, the caller, the attacker"],
  [/\bsomebody\b/i, "the provider, an operator"],
  [/\bthe door\b/i, "the endpoint, ingestion"],
  [/\btwins?\b/i, "duplicate"],
  [/\bmend(s|ed|ing)?\b/i, "fix"],
  [/\b(let|lets|letting) in\b/i, "release, accept"],
  [/\b(came|comes) in\b(?! (one|the|a|time))/i, "was received"],
  [/\banew\b/i, "again"],
  [/\bin vain\b/i, "without success"],
  [/\bwhole way\b/i, "full trace"],
  [/\bharmless\(/, "sanitize("],
];

/** Folders and files that are held to the list. */
export const CHECKED = ["README.md", "functions", "inbox", "cli", "terminal", "console", "statemachines"];

/** Lines that may stand although they hold a banned word. */
export const ALLOWED: readonly { readonly file: string; readonly text: string; readonly reason: string }[] =
  [];
