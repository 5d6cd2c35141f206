/** A word of a private language, the standard term to use instead, and the files that are held to it if not all are. */
export interface BannedWord {
  readonly word: RegExp;
  readonly instead: string;
  readonly files?: RegExp;
}

const ban = (word: RegExp, instead: string, files?: RegExp): BannedWord => ({
  word,
  instead,
  ...(files && { files }),
});

export const BANNED: readonly BannedWord[] = [
  ban(/\bwhoever\b/i, "the provider, the caller, the attacker"),
  ban(/\bsomebody\b/i, "the provider, an operator"),
  ban(/\bsenders?\b(?![/(])/i, "provider", /\.md$/),
  ban(/\b(?:the )?doors?\b/i, "the endpoint, ingestion"),
  ban(/\btwins?\b/i, "duplicate"),
  ban(
    /(?<!\bdead[ -])\bletters?\b/i,
    "dead letter",
    /^(?:functions|inbox|cli|console|statemachines|tests\/(?:stack|simulation|unit\/functions)|docs)\/(?!providers)/,
  ),
  ban(/\b(?:un)?park(?:s|ed|ing|edAt)?\b/i, "dead-letter"),
  ban(/(?<!\bConnection )(?:\b|[a-z])refus(?:e|es|ed|al|als|ing)\b|\b(?!ECONN)\w*REFUSED\b/, "reject"),
  ban(/\bmend(?:s|ed|ing)?\b/i, "fix"),
  ban(/\b(?:let|lets|letting)(?: it| them| each)? in\b/i, "release, accept"),
  ban(/\b(?:came|comes?) in\b(?! (?:one|the|a|time))/i, "was received, arrives"),
  ban(/\banew\b/i, "again"),
  ban(/\bin vain\b/i, "without success"),
  ban(/\bwhole way\b/i, "full trace, full path"),
  ban(/\b(?:was|were|is|are) asked for\b|\} asked for`/i, "requested"),
  ban(/\btells\b|\b(?:is|are|be|was|were) told\b/i, "says, reports, sends"),
  ban(/\blies? (?:in (?:the|its)|beside|there)\b/i, "is in, is beside"),
  ban(/\bso many\b/i, "this many, N"),
  ban(/\b(?:three|fewer|its|their|each|every|another|one) tr(?:y|ies)\b/i, "attempt"),
  ban(/\bnone of ours\b/i, "unknown, no webhook"),
  ban(/\bsen[dt] back more\b/i, "redrive"),
  ban(
    /\b(?:harmless|answerQuestion|openHandshake|senderTo|claimsIn|placeOf)\(/,
    "sanitize(, handleChallenge(, ...",
  ),
];

/** Files that are not the project's own text: what others published, and this list. */
export const UNCHECKED: readonly RegExp[] = [
  /^LICENSE$/,
  /^package-lock\.json$/,
  /^docs\/console\.png$/,
  /^local\/install\/requirements\.txt$/,
  /^tests\/fixtures\//,
  /^tests\/unit\/words\.ts$/,
];

/** Lines that may stand although they hold a banned word. */
export const ALLOWED: readonly { readonly file: string; readonly text: string; readonly reason: string }[] = [
  {
    file: "functions/domain/stored-secrets.ts",
    text: "random letters and digits",
    reason: "letters of the alphabet",
  },
];
