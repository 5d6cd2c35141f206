/**
 * Removes the statements of a resource policy that deny requests without TLS. The emulator enforces policies but
 * listens on loopback without TLS, so they would deny every request.
 * @returns the policy as JSON text, or undefined if no other statement is in it
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
