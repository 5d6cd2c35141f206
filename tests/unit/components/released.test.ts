import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram, type Program } from "../../support/program";

jest.setTimeout(120_000);

const ifReplaced = (lost: string, inputs: readonly string[]) => ({ lost, inputs });

/**
 * What holds something that an upgrade must not lose: the inputs that the AWS provider cannot change without replacing it
 * (`ForceNew` in the provider's source), and what would be lost.
 * @see https://github.com/hashicorp/terraform-provider-aws/tree/main/internal/service
 */
const HOLDERS: Readonly<Record<string, { inputs: readonly string[]; lost: string }>> = {
  "aws:dynamodb/table:Table": ifReplaced("the record of every webhook", [
    "name",
    "hashKey",
    "rangeKey",
    "localSecondaryIndexes",
  ]),
  "aws:s3/bucket:Bucket": ifReplaced("every stored payload", ["bucket", "bucketPrefix", "objectLockEnabled"]),
  "aws:sqs/queue:Queue": ifReplaced("the messages in the queue", ["name", "namePrefix", "fifoQueue"]),
  "aws:cloudwatch/eventBus:EventBus": ifReplaced("the rules that users put on the bus", [
    "name",
    "eventSourceName",
  ]),
  "aws:cloudwatch/logGroup:LogGroup": ifReplaced("what was logged", ["name", "namePrefix", "logGroupClass"]),
  "aws:sns/topic:Topic": ifReplaced("the alarms' subscriptions", ["name", "namePrefix", "fifoTopic"]),
  "aws:apigateway/restApi:RestApi": ifReplaced("the URL that is registered with each provider", []),
  "aws:apigateway/stage:Stage": ifReplaced("the URL that is registered with each provider", ["stageName"]),
};

/** Has one consumer of each kind, so that their queues are there; the rest is as the example's. */
const CONFIG = {
  environmentSuffix: "dev",
  alarmEmail: "operations@example.com",
  consumers: [
    { name: "billing", queue: {} },
    { name: "reports", lambda: { arn: "arn:aws:lambda:us-east-1:123456789012:function:reports" } },
    {
      name: "crm",
      http: { url: "https://crm.example.com/hooks", secret: { ssm: "/webhook-inbox/dev/crm" } },
    },
  ],
};

interface Holder {
  readonly urn: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

const FILE = join(__dirname, "../../fixtures/released-resources.json");

/** Returns the resources that hold something, by their URNs, with the inputs that must stay. */
const holdersOf = (program: Program): readonly Holder[] =>
  program.resources
    .flatMap((declared) => {
      const inputs = HOLDERS[declared.type]?.inputs;
      if (!inputs) return [];
      const kept = inputs.flatMap((key) => (key in declared.inputs ? [[key, declared.inputs[key]]] : []));
      return [{ urn: declared.urn, inputs: Object.fromEntries(kept) as Holder["inputs"] }];
    })
    .sort((a, b) => (a.urn < b.urn ? -1 : 1));

let program: Program;
let released: readonly Holder[];
/** Today's resources by every URN that Pulumi takes for theirs. */
const today = new Map<string, Holder["inputs"]>();
beforeAll(async () => {
  program = await runProgram(CONFIG);
  // `npm run released-resources`, at the commit of a release.
  if (process.env["RELEASED_RESOURCES"] === "write")
    writeFileSync(FILE, `${JSON.stringify(holdersOf(program), undefined, 2)}\n`);
  released = JSON.parse(readFileSync(FILE, "utf8")) as readonly Holder[];
  const holders = new Map(holdersOf(program).map(({ urn, inputs }) => [urn, inputs]));
  for (const declared of program.resources) {
    const inputs = holders.get(declared.urn);
    if (!inputs) continue;
    for (const urn of [declared.urn, ...declared.aliasUrns]) today.set(urn, inputs);
  }
});

test("the release has resources of every type that holds something", () => {
  const types = new Set(released.map(({ urn }) => urn.split("::")[2]?.split("$").at(-1)));
  expect([...types].sort()).toEqual(Object.keys(HOLDERS).sort());
});

test("an upgrade from the release neither deletes nor replaces what holds something", () => {
  const losses = released.flatMap(({ urn, inputs }) => {
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const lost = HOLDERS[type]?.lost ?? "what it holds";
    const now = today.get(urn);
    if (!now)
      return [
        `${urn} is deleted, or made again under another URN, and with it is lost: ${lost}. Give it an alias.`,
      ];
    const keys = [...new Set([...Object.keys(inputs), ...Object.keys(now)])];
    return keys
      .filter((key) => JSON.stringify(now[key]) !== JSON.stringify(inputs[key]))
      .map(
        (key) =>
          `${urn} is replaced, as its ${key} was ${JSON.stringify(inputs[key])} and is ${JSON.stringify(now[key])}, and with it is lost: ${lost}.`,
      );
  });
  expect(losses).toEqual([]);
});
