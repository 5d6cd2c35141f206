import { coverage, schemeOf } from "../providers";
import { fieldsOf, slowRegexes } from "../statemachines/user-expression";
import type { ConsumerArgs, ProviderArgs } from "./arguments";

/** Returns warnings about a provider's scheme and expressions, for the user who deploys it. */
export function warnings({ name, scheme: id, filter, transform }: ProviderArgs): string[] {
  const scheme = schemeOf(id);
  if (!scheme) return [];
  return [
    ...UNCOVERED[coverage(scheme)].map((text) => `provider ${name} (${scheme.name}): ${text}`),
    ...[filter, transform].flatMap((source) => slow(`provider ${name}`, source)),
  ];
}

/** Returns warnings about a consumer's `when`. */
export function consumerWarnings({ name, when }: ConsumerArgs): string[] {
  const fields = when === undefined ? [] : fieldsOf(when);
  const missesLarge = fields.includes("data") && !fields.includes("dataref");
  return [
    ...slow(`consumer ${name}`, when),
    ...(missesLarge
      ? [
          `consumer ${name}: when looks at data, which an event does not have if its payload is larger than 100 KB: the consumer does not get it. Write "... or $exists(dataref)" to get it too`,
        ]
      : []),
  ];
}

function slow(whose: string, source: string | undefined): string[] {
  return (source === undefined ? [] : slowRegexes(source)).map(
    (regex) =>
      `${whose}: the regular expression ${regex} has a quantifier inside of a quantified group: a payload made for it can take longer than an execution may, and ends in the dead-letter queue`,
  );
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
