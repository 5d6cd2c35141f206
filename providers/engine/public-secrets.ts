/**
 * Secrets that everybody knows, with where they are from. Who configures one believes that requests are verified while
 * anybody can sign them.
 */
const PUBLIC_SECRETS: ReadonlyMap<string, string> = new Map([
  [
    "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==",
    "Zendesk signs the test requests of all its customers with it",
  ],
  ["this_secret_is_for_testing_only", "Zendesk signs the test requests of all its customers with it"],
  ["no-secret-provided", "Cal.com writes it where a webhook has no secret"],
]);

/** What providers show in front of a secret, and what stays of it in an example. */
const PREFIX = /^(?:v\d+a?,)?(?:wh(?:sec|sk|pk)_)?/;

/** Texts that stand in docs and templates in the place of a secret; compared in lower case, whole, without its prefix. */
const PLACEHOLDERS: readonly RegExp[] = [
  // Nothing behind the prefix, or dots, stars, x and the like.
  /^(?:|\.+|…+|\*+|-+|_+|x{3,32})$/,
  // <secret>, {{ secret }}, ${SECRET}, %SECRET%, [secret]
  /^(?:<.*>|\{.*\}|\$\{.*\}|\$[a-z_]+|%[a-z_]+%|\[.*\])$/,
  /^(?:change|replace|fill|edit|set)[-_ ]?(?:me|this|it|in)(?:[-_ ].*)?$/,
  /^(?:your|enter|insert|paste|put|add)(?:[-_ ]?(?:your|the|a|here|own|app|api|client|shared|webhook|endpoint|signing|super|secret|key|token|password|string|value))+$/,
  /^(?:webhook|signing|endpoint)[-_ ](?:(?:webhook|signing|endpoint)[-_ ])?(?:secret|key)(?:[-_ ]here)?$/,
  /^(?:todo|tbd|fixme|placeholder|example|undefined|null|none|user:password|username:password)$/,
];

/** Returns why a secret is none, or undefined. The text holds nothing of it. */
export function publicSecret(secret: string): string | undefined {
  const text = secret.trim();
  const known = PUBLIC_SECRETS.get(text);
  if (known !== undefined) return `is publicly known: ${known}`;
  const bare = text.toLowerCase().replace(PREFIX, "");
  return PLACEHOLDERS.some((placeholder) => placeholder.test(bare))
    ? "is a placeholder: put the provider's own secret in its place"
    : undefined;
}
