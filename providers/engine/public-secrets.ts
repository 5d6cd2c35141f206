/**
 * Publicly known secrets, with their origin. With one of them configured, requests seem to be verified while anybody
 * can sign them.
 */
const PUBLIC_SECRETS: ReadonlyMap<string, string> = new Map([
  [
    "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==",
    "Zendesk signs the test requests of all its customers with it",
  ],
  ["this_secret_is_for_testing_only", "Zendesk signs the test requests of all its customers with it"],
  ["no-secret-provided", "Cal.com writes it where a webhook has no secret"],
]);

/** Prefix that providers show in front of a secret, and that remains in examples. */
const PREFIX = /^(?:v\d+a?,)?(?:wh(?:sec|sk|pk)_)?/;

/** Placeholders for a secret in docs and templates. Compared with the whole text in lower case, without its prefix. */
const PLACEHOLDERS: readonly RegExp[] = [
  // Only the prefix, or dots, stars, x and the like after it.
  /^(?:|\.+|…+|\*+|-+|_+|x{3,32})$/,
  // <secret>, {{ secret }}, ${SECRET}, %SECRET%, [secret]
  /^(?:<.*>|\{.*\}|\$\{.*\}|\$[a-z_]+|%[a-z_]+%|\[.*\])$/,
  /^(?:change|replace|fill|edit|set)[-_ ]?(?:me|this|it|in)(?:[-_ ].*)?$/,
  /^(?:your|enter|insert|paste|put|add)(?:[-_ ]?(?:your|the|a|here|own|app|api|client|shared|webhook|endpoint|signing|super|secret|key|token|password|string|value))+$/,
  /^(?:webhook|signing|endpoint)[-_ ](?:(?:webhook|signing|endpoint)[-_ ])?(?:secret|key)(?:[-_ ]here)?$/,
  /^(?:todo|tbd|fixme|placeholder|example|undefined|null|none|user:password|username:password)$/,
];

/** Returns why a text cannot be a real secret, or undefined. The reason contains nothing of the text. */
export function publicSecret(secret: string): string | undefined {
  const text = secret.trim();
  const known = PUBLIC_SECRETS.get(text);
  if (known !== undefined) return `is publicly known: ${known}`;
  const bare = text.toLowerCase().replace(PREFIX, "");
  return PLACEHOLDERS.some((placeholder) => placeholder.test(bare))
    ? "is a placeholder: put the provider's own secret in its place"
    : undefined;
}
