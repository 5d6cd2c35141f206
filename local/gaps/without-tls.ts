/**
 * The emulator listens on loopback without TLS, and enforces policies: a statement that denies what comes without TLS
 * would deny everything. Takes those statements out of a resource's policy.
 * @returns the policy as JSON text, or undefined if nothing else is in it
 */
export function withoutTlsRule(policy: unknown): string | undefined {
  const document = JSON.parse(String(policy)) as {
    Statement: { Condition?: { Bool?: Record<string, unknown> } }[];
  };
  const rest = document.Statement.filter(
    ({ Condition }) => Condition?.Bool?.["aws:SecureTransport"] === undefined,
  );
  return rest.length === 0 ? undefined : JSON.stringify({ ...document, Statement: rest });
}
