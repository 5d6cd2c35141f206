import { ListRulesCommand, TestEventPatternCommand, type Rule } from "@aws-sdk/client-eventbridge";
import type { Inbox } from "../connect";
import { hasPayload } from "../logged-event";
import { busName } from "../outputs";

/**
 * Returns the names of the bus's rules that match an event, as EventBridge itself evaluates them. If an event was
 * logged without its data (`eventLogData`), only the rest of a pattern is evaluated, and the name says so.
 */
export async function matchingRules(
  inbox: Inbox,
  event: Readonly<Record<string, unknown>>,
): Promise<readonly string[]> {
  const rules = await rulesOf(inbox);
  const Event = JSON.stringify(event);
  const matched = await Promise.all(
    rules.map(async ({ Name = "", EventPattern: pattern }) => {
      if (pattern === undefined) return [];
      const EventPattern = hasPayload(event) ? pattern : withoutData(pattern);
      const { Result } = await inbox.clients.events.send(
        new TestEventPatternCommand({ Event, EventPattern }),
      );
      return Result ? [EventPattern === pattern ? Name : `${Name} (if its data matches)`] : [];
    }),
  );
  return matched.flat();
}

/** Returns the pattern without its condition on `detail.data`; the same text if it has none. */
function withoutData(pattern: string): string {
  const { detail, ...rest } = JSON.parse(pattern) as { detail?: Record<string, unknown> };
  if (!detail || !("data" in detail)) return pattern;
  const others = Object.entries(detail).filter(([name]) => name !== "data");
  return JSON.stringify({ ...rest, ...(others.length > 0 && { detail: Object.fromEntries(others) }) });
}

async function rulesOf(inbox: Inbox): Promise<readonly Rule[]> {
  const rules: Rule[] = [];
  let NextToken: string | undefined;
  do {
    const page = await inbox.clients.events.send(
      new ListRulesCommand({ EventBusName: busName(inbox.outputs), NextToken }),
    );
    rules.push(...(page.Rules ?? []));
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  return rules;
}
