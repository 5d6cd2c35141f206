import jsonata from "jsonata";
import { assertValid, renderWorkflow, type WorkflowProvider } from "../../statemachines/render";

interface State {
  readonly Comment?: string;
  readonly States?: Record<string, State>;
  readonly ItemProcessor?: { readonly States: Record<string, State> };
  readonly Branches?: readonly { readonly States: Record<string, State> }[];
}

const render = (providers: readonly WorkflowProvider[] = []) =>
  renderWorkflow({
    tableName: "inbox-dev",
    busName: "inbox-bus-dev",
    bucketName: "inbox-raw-dev",
    recordRetentionDays: 90,
    providers,
  });

function allStates(states: Record<string, State>): [string, State][] {
  return Object.entries(states).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...[state.ItemProcessor?.States, ...(state.Branches ?? []).map((branch) => branch.States)]
      .filter((inner) => inner !== undefined)
      .flatMap(allStates),
  ]);
}

const expressionsOf = (definition: string): string[] =>
  [...JSON.stringify(JSON.parse(definition)).matchAll(/"(\{%.*?%\})"/g)].map(([, text]) =>
    (JSON.parse(`"${text}"`) as string).slice(2, -2),
  );

test("the definition is valid and leaves no placeholder", () => {
  expect(render()).not.toContain("${");
});

test("every state says what it is for", () => {
  const definition = JSON.parse(render()) as { Comment: string; States: Record<string, State> };
  const states = allStates(definition.States);
  expect(definition.Comment).toBeTruthy();
  expect(states.length).toBeGreaterThan(8);
  expect(states.filter(([, { Comment }]) => !Comment).map(([name]) => name)).toEqual([]);
});

test("every expression parses as JSONata", () => {
  const expressions = expressionsOf(render([{ name: "stripe", filter: "type = 'a'", transform: "data" }]));
  expect(expressions.length).toBeGreaterThan(10);
  for (const expression of expressions) expect(() => jsonata(expression)).not.toThrow();
});

test("the table, the bus and the bucket are the deployed ones", () => {
  const definition = render();
  expect(definition).toContain("'TableName': 'inbox-dev'");
  expect(definition).toContain("'EventBusName': 'inbox-bus-dev'");
  expect(definition).toContain("s3://inbox-raw-dev/");
  expect(definition).toContain(String(90 * 86_400));
});

test("a provider's filter and transform stand in the definition, those of others do not apply to it", () => {
  const definition = render([
    { name: "stripe", filter: "type = 'paid'" },
    { name: "github", transform: "data.id" },
  ]);
  expect(definition).toContain("$webhook.provider = 'stripe' ? $event.(type = 'paid')");
  expect(definition).toContain("$webhook.provider = 'github' ? { 'data': $event.(data.id) }");
});

test("a transition to a state that does not exist is refused", () => {
  const broken = render().replace('"Next":"CheckRun"', '"Next":"Nowhere"');
  expect(() => assertValid(broken)).toThrow(/definition is not valid[\s\S]*Nowhere/);
});
