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

test("an expression may be written over several lines", () => {
  const transform = "data.a\n  ? data.b\n  : data\n";
  const [written] = expressionsOf(render([{ name: "stripe", transform }])).filter((text) =>
    text.includes("data.a"),
  );
  expect(written).toContain("$event.(data.a ? data.b : data )");
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

describe("what becomes of a payload", () => {
  /** The entry that the enriching expression makes of a webhook, by the same engine's syntax. */
  async function entryOf(
    webhook: Record<string, unknown>,
    provider: Partial<WorkflowProvider> = {},
  ): Promise<{ readonly status: string; readonly detail: Record<string, unknown> }> {
    const enrich = expressionsOf(render([{ name: "own", ...provider }])).find((text) =>
      text.includes("$enrich($states.input)"),
    );
    if (enrich === undefined) throw new Error("no expression makes the envelope");
    const base = {
      key: "own#1",
      provider: "own",
      id: "1",
      type: "t",
      contentType: "application/json",
      s3Key: "raw/own/1",
      replay: 0,
      receivedAt: "r",
      sequence: "s",
    };
    const expression = jsonata(enrich);
    expression.registerFunction("parse", (text: string) => JSON.parse(text) as unknown, "<s:x>");
    const result = (await expression.evaluate(
      {},
      { states: { input: { ...base, ...webhook }, context: { Execution: { Id: "e" } } }, records: {} },
    )) as { status: string; entry?: { Detail: string } };
    return {
      status: result.status,
      detail: JSON.parse(result.entry?.Detail ?? "{}") as Record<string, unknown>,
    };
  }
  const xml = { contentType: "application/xml", dataBase64: "PGEvPg==" };

  test("JSON is the event's data, in its own text", async () => {
    const { detail } = await entryOf({ data: '{"a":1}' });
    expect(detail).toMatchObject({ datacontenttype: "application/json", data: { a: 1 } });
    expect(detail).not.toHaveProperty("dataref");
  });

  test("what is not JSON is base64, under the type that it came with", async () => {
    const { detail } = await entryOf(xml);
    expect(detail).toMatchObject({ datacontenttype: "application/xml", data_base64: "PGEvPg==" });
    expect(detail).not.toHaveProperty("data");
    expect(detail).not.toHaveProperty("dataref");
  });

  test("a filter and a transform see the base64; what they make of it is JSON", async () => {
    const filter = "data_base64 = 'PGEvPg=='";
    expect((await entryOf({ ...xml, dataBase64: "AA==" }, { filter })).status).toBe("filtered");
    expect((await entryOf(xml, { filter })).detail).toMatchObject({
      datacontenttype: "application/xml",
      data_base64: "PGEvPg==",
    });
    const { detail } = await entryOf(xml, { filter, transform: "{ 'length': $length(data_base64) }" });
    expect(detail).toMatchObject({ datacontenttype: "application/json", data: { length: 8 } });
    expect(detail).not.toHaveProperty("data_base64");
  });

  test("what is too large is referred to", async () => {
    const { detail } = await entryOf({ contentType: "application/xml" }, { transform: "data" });
    expect(detail).toMatchObject({
      dataref: "s3://inbox-raw-dev/raw/own/1",
      datacontenttype: "application/xml",
    });
  });
});
