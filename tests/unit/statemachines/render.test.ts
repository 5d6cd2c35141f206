import jsonata from "jsonata";
import { MAX_EXPRESSION_DEPTH, problemOf } from "../../../statemachines/user-expression";
import {
  assertValid,
  renderWorkflow,
  type WorkflowConsumer,
  type WorkflowProvider,
} from "../../../statemachines/render";

interface State {
  readonly Comment?: string;
  readonly States?: Record<string, State>;
  readonly ItemProcessor?: { readonly States: Record<string, State> };
  readonly Branches?: readonly { readonly States: Record<string, State> }[];
}

const render = (providers: readonly WorkflowProvider[] = [], consumers: readonly WorkflowConsumer[] = []) =>
  renderWorkflow({
    tableName: "inbox-dev",
    busName: "inbox-bus-dev",
    bucketName: "inbox-raw-dev",
    recordRetentionDays: 90,
    providers,
    consumers,
  });
const aConsumer = (name: string, when?: string): WorkflowConsumer => ({
  name,
  when,
  queueUrl: `https://sqs.us-east-1.amazonaws.com/123456789012/${name}.fifo`,
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
  expect(render([], [aConsumer("billing"), aConsumer("crm")])).not.toContain("${");
});

test("every state says what it is for", () => {
  const definition = JSON.parse(render([], [aConsumer("billing")])) as {
    Comment: string;
    States: Record<string, State>;
  };
  const states = allStates(definition.States);
  expect(definition.Comment).toBeTruthy();
  expect(states.length).toBeGreaterThan(8);
  expect(states.filter(([, { Comment }]) => !Comment).map(([name]) => name)).toEqual([]);
});

test("every expression parses as JSONata", () => {
  const expressions = expressionsOf(
    render(
      [{ name: "stripe", filter: "type = 'a'", transform: "data" }],
      [aConsumer("billing", "type = 'a'")],
    ),
  );
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
  expect(written).toContain("$event.(data.a ? data.b : data)");
});

test("a provider's filter and transform stand in the definition, those of others do not apply to it", () => {
  const definition = render([
    { name: "stripe", filter: "type = 'paid'" },
    { name: "github", transform: "data.id" },
  ]);
  const own = (name: string, variable: string, source: string) =>
    `$webhook.provider = '${name}' ? $${variable} := function($event) { $event.(${source}) };`;
  expect(definition).toContain(own("stripe", "filtering", "type = 'paid'"));
  expect(definition).toContain(own("github", "transforming", "data.id"));
});

test("no two states of one name, as Amazon States Language wants it", () => {
  const definition = JSON.parse(render([], [aConsumer("billing"), aConsumer("crm")])) as {
    States: Record<string, State>;
  };
  const names = allStates(definition.States).map(([name]) => name);
  expect(names).toEqual([...new Set(names)]);
  expect(names).toEqual(expect.arrayContaining(["SendTo-billing", "SendTo-crm"]));
});

test("without consumers nothing is sent but to the bus", () => {
  const { States } = JSON.parse(render()) as { States: Record<string, State> };
  expect(Object.keys(States)).not.toContain("SendToConsumers");
});

test("a transition to a state that does not exist is rejected", () => {
  const broken = render().replace('"Next":"CheckBatch"', '"Next":"Nowhere"');
  expect(() => assertValid(broken)).toThrow(/definition is not valid[\s\S]*Nowhere/);
});

describe("what becomes of a payload", () => {
  /** The entry that the enriching expression makes of a webhook, by the same engine's syntax. */
  async function entryOf(
    webhook: Record<string, unknown>,
    provider: Partial<WorkflowProvider> = {},
    others: readonly WorkflowProvider[] = [],
    consumers: readonly WorkflowConsumer[] = [],
  ): Promise<{
    readonly status: string;
    readonly detail: Record<string, unknown>;
    readonly consumers?: readonly string[];
    /** How deep evaluations were nested in each other. */
    readonly depth: number;
  }> {
    const enrich = expressionsOf(render([...others, { name: "own", ...provider }], consumers)).find((text) =>
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
    let level = 0;
    let depth = 0;
    // The hooks by which the engine itself limits depth: jsonata's test suite, run-test-suite.js, `timeboxExpression`.
    const hook = (name: string, called: () => void) =>
      expression.assign(Symbol.for(name) as unknown as string, called);
    hook("jsonata.__evaluate_entry", () => void (depth = Math.max(depth, (level += 1))));
    hook("jsonata.__evaluate_exit", () => void (level -= 1));
    const result = (await expression.evaluate(
      {},
      { states: { input: { ...base, ...webhook }, context: { Execution: { Id: "e" } } }, records: {} },
    )) as { status: string; entry?: { Detail: string }; consumers?: readonly string[] };
    return {
      status: result.status,
      ...(result.consumers && { consumers: [...result.consumers] }),
      depth,
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

  describe("a transform's result of any JSON type is the event's data as itself", () => {
    const dataOf = async (data: string, transform = "data") => {
      const { status, detail } = await entryOf({ data }, { transform });
      expect(status).toBe("ready");
      expect(detail).toMatchObject({ id: "1", provider: "own", datacontenttype: "application/json" });
      expect(detail).toHaveProperty("data");
      return detail["data"];
    };

    test.each([
      ...[
        '"Alice"',
        '"true"',
        '"null"',
        '"12"',
        '""',
        "true",
        "false",
        "null",
        " null \n",
        "0",
        "-1.5",
        "{}",
        "[]",
        "[1]",
      ],
      ...[
        "[[1]]",
        "[[[1]]]",
        "[[]]",
        "[[1],[]]",
        "[null]",
        '["a"]',
        '{"a":[]}',
        '{"a":[1]}',
        '{"a":[[1]]}',
        '{"a":null}',
      ],
      // $string rounds to 15 digits.
      ...[
        "9007199254740991",
        "-1234567890123456",
        "12345678901234567890",
        "1e300",
        "5e-324",
        "0.30000000000000004",
      ],
      ...["1234567.1234567891", '[1234567890123456,{"a":1234567890123456,"b":"x","c":null,"d":[]}]'],
      '{"a":{"b":[{"c":1234567890123456}]}}',
    ])("%s", async (json) => expect(await dataOf(json)).toEqual(JSON.parse(json)));

    test.each([
      ["data.name", "Alice"],
      ["data.list", [5]],
      ["data.nested", [[5]]],
      ["data.nothing", null],
      ["[data.name]", ["Alice"]],
      ["[]", []],
    ])("%s", async (transform, value) => {
      const payload = { name: "Alice", list: [5], nested: [[5]], nothing: null };
      expect(await dataOf(JSON.stringify(payload), transform)).toEqual(value);
    });

    test("also one that is written to change the envelope", async () => {
      const name = '0,"id":"forged","provider":"stripe","x":1';
      expect(await dataOf(JSON.stringify({ name }), "data.name")).toBe(name);
    });

    test.each(["data.absent", "$sum", "function($x) { $x }"])(
      "but no value is an error: %s",
      async (transform) => {
        await expect(entryOf({ data: "{}" }, { transform })).rejects.toMatchObject({
          message: "The transform gave no value.",
        });
      },
    );

    test("what SQS rejects is escaped, since a rule's target can be a queue", async () => {
      const data = '{"text":"a\uffff\ufffeb"}';
      expect(await dataOf(data)).toEqual(JSON.parse(data));
    });
  });

  describe("evaluation stays below the depth of about 100 at which Step Functions stops", () => {
    const chain = (links: number) => Array.from({ length: links }, (_, index) => `'${index}'`).join(" & ");

    test("for the last of 150 providers, no deeper than for one", async () => {
      const expressions = { filter: "data.a = 1", transform: "data" };
      const others = Array.from({ length: 150 }, (_, index) => ({ name: `p${index}`, ...expressions }));
      const alone = await entryOf({ data: '{"a":1}' }, expressions);
      const last = await entryOf({ data: '{"a":1}' }, expressions, others);
      expect(alone.depth).toBeGreaterThan(10);
      expect(last).toEqual(alone);
    });

    test("for the deepest expression that the configuration takes", async () => {
      expect(problemOf(chain(MAX_EXPRESSION_DEPTH))).toBeUndefined();
      expect(problemOf(chain(MAX_EXPRESSION_DEPTH + 1))).toMatch(/levels deep/);
      const { depth } = await entryOf({ data: "{}" }, { transform: chain(MAX_EXPRESSION_DEPTH) });
      expect(depth).toBeGreaterThan(MAX_EXPRESSION_DEPTH);
      expect(depth).toBeLessThan(90);
    });

    test("for the deepest `when` of the last of 50 consumers, no deeper than for one", async () => {
      const when = `${chain(MAX_EXPRESSION_DEPTH - 1)} = 'x'`;
      expect(problemOf(when)).toBeUndefined();
      const many = Array.from({ length: 50 }, (_, index) => aConsumer(`c${index}`, when));
      const alone = await entryOf({ data: "{}" }, {}, [], [aConsumer("c", when)]);
      const last = await entryOf({ data: "{}" }, {}, [], many);
      expect(last.depth).toBe(alone.depth);
      expect(last.depth).toBeGreaterThan(MAX_EXPRESSION_DEPTH);
      expect(last.depth).toBeLessThan(90);
    });

    test("for numbers that have to be written digit by digit, however deep they lie", async () => {
      const data = `${'{"a":'.repeat(150)}1234567890123456${"}".repeat(150)}`;
      const { depth, status } = await entryOf({ data }, { transform: "data" });
      expect(status).toBe("ready");
      expect(depth).toBeLessThan(90);
    });
  });

  test("what is too large is referred to", async () => {
    const { detail } = await entryOf({ contentType: "application/xml" }, { transform: "data" });
    expect(detail).toMatchObject({
      dataref: "s3://inbox-raw-dev/raw/own/1",
      datacontenttype: "application/xml",
    });
  });
});

describe("the reason of a failed expression", () => {
  const reasonOf = async (cause: string): Promise<unknown> => {
    const catching = expressionsOf(render()).find((text) => text.includes("errorOutput.Cause"));
    if (catching === undefined) throw new Error("no expression reads the cause");
    const outcome = (await jsonata(catching).evaluate(
      {},
      { states: { errorOutput: { Error: "States.QueryEvaluationError", Cause: cause } } },
    )) as { error: { message: string } };
    return outcome.error.message;
  };
  const lead = `The JSONata expression '${"x".repeat(2_100)}' specified for the field 'Output' threw an error during evaluation`;

  test.each([
    [`${lead}. D3137: this one is poison`, "D3137: this one is poison"],
    [`${lead}: it took too long`, "it took too long"],
    ["D3137: without a lead-in", "D3137: without a lead-in"],
    [lead, lead.slice(0, 2_000)],
    ["\u{1f600}".repeat(3_000), "\u{1f600}".repeat(2_000)],
  ])("stands behind the expression", async (cause, reason) => expect(await reasonOf(cause)).toBe(reason));
});

test("the tasks' waits for services end before the execution does", () => {
  const definition = JSON.parse(render()) as {
    TimeoutSeconds: number;
    States: Record<
      string,
      {
        TimeoutSeconds?: number;
        Retry?: readonly {
          ErrorEquals: string[];
          MaxAttempts: number;
          IntervalSeconds: number;
          BackoffRate: number;
        }[];
      }
    >;
  };
  const worst = Object.values(definition.States).map(({ TimeoutSeconds = 0, Retry = [] }) =>
    Retry.reduce((sum, { ErrorEquals, MaxAttempts, IntervalSeconds, BackoffRate }) => {
      if (MaxAttempts === 0) return sum;
      expect(BackoffRate).toBe(1);
      const timesOut = ErrorEquals.includes("States.Timeout") ? TimeoutSeconds : 0;
      return sum + MaxAttempts * (IntervalSeconds + timesOut);
    }, TimeoutSeconds),
  );
  expect(worst.reduce((sum, seconds) => sum + seconds, 0)).toBeLessThan(definition.TimeoutSeconds);
});

test("no call is made again because an expression over its answer failed: it has taken effect", () => {
  const { States } = JSON.parse(render()) as {
    States: Record<string, { Retry?: readonly { ErrorEquals: string[]; MaxAttempts: number }[] }>;
  };
  const retried = Object.entries(States).filter(([, { Retry }]) => Retry);
  expect(retried.map(([name]) => name)).toEqual(["LookUpRecords", "PublishRun", "RecordStatuses"]);
  for (const [, { Retry }] of retried)
    expect(Retry?.[0]).toEqual({ ErrorEquals: ["States.QueryEvaluationError"], MaxAttempts: 0 });
});
