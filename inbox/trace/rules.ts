import { ListRulesCommand, TestEventPatternCommand, type Rule } from "@aws-sdk/client-eventbridge";
import type { Inbox } from "../connect";
import { busName } from "../outputs";

/** Names of the bus's rules that an event matches, in EventBridge's own judgement. */
export async function matchingRules(
  inbox: Inbox,
  event: Readonly<Record<string, unknown>>,
): Promise<readonly string[]> {
  const rules = await rulesOf(inbox);
  const Event = JSON.stringify(event);
  const matched = await Promise.all(
    rules.map(async ({ Name = "", EventPattern }) => {
      if (EventPattern === undefined) return [];
      const { Result } = await inbox.clients.events.send(
        new TestEventPatternCommand({ Event, EventPattern }),
      );
      return Result ? [Name] : [];
    }),
  );
  return matched.flat();
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
