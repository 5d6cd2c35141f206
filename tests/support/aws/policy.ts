/** A statement of an identity's policy, whose effect is Allow. */
export interface Allowance {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Returns whether a text matches a pattern of IAM: `*` is any characters, `?` one. */
function fits(pattern: string, text: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`).test(text);
}

/** Returns the statements that allow an action on an ARN, whatever their conditions. */
export function allowing(policy: readonly Allowance[], action: string, arn: string): readonly Allowance[] {
  return policy.filter(
    ({ Action, Resource }) =>
      [Action].flat().includes(action) && [Resource].flat().some((pattern) => fits(pattern, arn)),
  );
}
