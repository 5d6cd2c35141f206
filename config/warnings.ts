import { coverage, schemes } from "../providers";
import { slowRegexes } from "../statemachines/user-expression";
import type { ProviderArgs } from "./arguments";

/** Returns what a provider's scheme and expressions leave open, for the one who deploys it. */
export function warnings({ name, scheme: id, filter, transform }: ProviderArgs): string[] {
  const scheme = schemes[id];
  if (!scheme) return [];
  const slow = [filter, transform].flatMap((source) => (source === undefined ? [] : slowRegexes(source)));
  return [
    ...UNCOVERED[coverage(scheme)].map((text) => `provider ${name} (${scheme.name}): ${text}`),
    ...slow.map(
      (regex) =>
        `provider ${name}: the regular expression ${regex} has a quantifier inside of a quantified group: a payload made for it can take longer than an execution may, and ends in the dead-letter queue`,
    ),
  ];
}

const UNCOVERED: Readonly<Record<ReturnType<typeof coverage>, readonly string[]>> = {
  body: [],
  part: [
    "the signature does not cover the event, so anyone who has seen one request can send others with its signature",
  ],
  nothing: [
    "the secret travels with each request and nothing protects what it says; keep the address and the secret out of logs",
  ],
  unsigned: ["nothing is signed; take each webhook as a hint and ask the provider before acting on it"],
};
