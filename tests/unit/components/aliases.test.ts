import * as pulumi from "@pulumi/pulumi";
import { allAliases } from "@pulumi/pulumi/resource";
import { runProgram, type Declared, type Program } from "../../support/program";

jest.setTimeout(120_000);

/** What those URNs end in: the types of the parents and of the resource, and its name. */
const EARLIER = {
  "aws:s3/bucket:Bucket": ["webhook-inbox:index:RawPayloadBucket$aws:s3/bucket:Bucket::raw-payloads"],
  "aws:dynamodb/table:Table": ["webhook-inbox:index:WebhookTable$aws:dynamodb/table:Table::webhooks"],
  "aws:iam/role:Role": [
    "webhook-inbox:index:IngestFunction$webhook-inbox:index:NodeFunction$aws:iam/role:Role::ingest-role",
    "webhook-inbox:index:ProcessFunction$webhook-inbox:index:NodeFunction$aws:iam/role:Role::process-role",
    "webhook-inbox:index:RecoverFunction$webhook-inbox:index:NodeFunction$aws:iam/role:Role::recover-role",
    "webhook-inbox:index:Workflow$aws:iam/role:Role::workflow-role",
    "webhook-inbox:index:WebhookApi$aws:iam/role:Role::webhook-inbox-api-logs-dev",
  ],
  "aws:sqs/queue:Queue": [
    "webhook-inbox:index:WebhookQueue$aws:sqs/queue:Queue::queue",
    "webhook-inbox:index:WebhookQueue$aws:sqs/queue:Queue::queue-dlq",
    "webhook-inbox:index:EventBus$aws:sqs/queue:Queue::bus-dlq",
  ],
};

type Internal = pulumi.Resource & {
  readonly __aliases: pulumi.Input<pulumi.URN>[];
  readonly __name: string;
  readonly __parentResource?: Internal;
};

/** Returns the URNs that a resource is looked for by: its own aliases, and what it inherits from its parents' as Pulumi says. */
function aliasesOf(
  aliases: (pulumi.URN | pulumi.Alias)[],
  name: string,
  type: string,
  parent: Internal | undefined,
): pulumi.Output<string>[] {
  if (!parent) return aliases.map((alias) => pulumi.output(alias as string));
  const { __name, __pulumiType, __aliases, __parentResource } = parent as Internal & { __pulumiType: string };
  const ofParent = aliasesOf(__aliases as string[], __name, __pulumiType, __parentResource);
  const withThem = Object.assign(Object.create(parent) as Internal, { __aliases: ofParent });
  return allAliases(aliases, name, type, withThem, __name);
}

function earlierUrns({ options, name, type }: Declared): Promise<string[]> {
  const urns = pulumi.all(aliasesOf((options.aliases ?? []) as [], name, type, options.parent as Internal));
  return new Promise((resolve) => urns.apply((all) => resolve(all)));
}

let program: Program;
beforeAll(async () => {
  program = await runProgram();
});

describe("a stack that was deployed when each stage stood at the top of the program keeps", () => {
  test.each(Object.entries(EARLIER))("every %s", async (type, paths) => {
    const found = program.all(type);
    expect(found).toHaveLength(paths.length);
    const urns = (await Promise.all(found.map(earlierUrns))).flat();
    expect(urns).toEqual(
      expect.arrayContaining(paths.map((path) => `urn:pulumi:dev::webhook-inbox::${path}`)),
    );
  });
});
