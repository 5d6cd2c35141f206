import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { pc } from "./colours";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { judge, type Delivery, type PublishedEvent, type Verdict } from "./demo-verdict";
import { post, postSigned, signedHeaders, type Reply } from "./post";
import { seconds } from "./progress";
import { payloadOf, SAMPLES } from "./samples";
import type { LocalStack } from "./stack";
import { table } from "./table";
import { withStack } from "./with-stack";

const HELP = `Deploys the inbox to a local AWS, sends it signed sample webhooks and some that must be refused, and shows
what became of each. Ends everything again. Exit code 0 only if all arrived as they should: in order, once.

  npm run demo [-- --json]

  --json   the result as JSON on standard output
`;

/** Milliseconds that the webhooks may take to be through. */
const DRAIN_TIMEOUT_MS = 30_000;
const STALE_MS = 10 * 60_000;

async function sendAll(stack: LocalStack): Promise<Delivery[]> {
  const { outputs, providers } = stack;
  const url = (provider: string) => `${outputs.api_endpoint}/${provider}`;
  const known = (name: string) => {
    const provider = providers[name];
    if (!provider) throw new Error(`Pulumi.local.yaml has no provider ${name}; the demo sends samples of it`);
    return provider;
  };
  const sent = (provider: string, what: string, expected: number, { status, json }: Reply): Delivery => ({
    provider,
    what,
    expected,
    answer: status,
    ...(typeof json["id"] === "string" && { id: json["id"] }),
  });

  const deliveries: Delivery[] = [];
  for (const { provider, file, ...message } of SAMPLES) {
    const reply = await postSigned({
      ...known(provider),
      ...message,
      url: url(provider),
      body: payloadOf(file),
    });
    deliveries.push(sent(provider, file.replace(".json", ""), 202, reply));
  }

  const stripe = { ...known("stripe"), url: url("stripe"), body: payloadOf("stripe-invoice-paid.json") };
  const acme = { ...known("acme"), url: url("acme") };
  const slack = { ...known("slack"), url: url("slack"), body: payloadOf("slack-url-verification.json") };
  const tampered = Buffer.from(String(stripe.body).replace("4200", "9999"));
  deliveries.push(
    sent("stripe", "the first one again", 200, await postSigned(stripe)),
    sent("slack", "handshake", 200, await postSigned(slack)),
    sent("stripe", "body changed on the way", 401, await post(stripe.url, signedHeaders(stripe), tampered)),
    sent(
      "stripe",
      "signed ten minutes ago",
      401,
      await postSigned({ ...stripe, now: Date.now() - STALE_MS }),
    ),
    sent(
      "github",
      "signed with another secret",
      401,
      await postSigned({
        ...known("github"),
        url: url("github"),
        secret: "not-the-secret",
        body: payloadOf("github-pull-request.json"),
      }),
    ),
    sent("stripe", "without a signature", 400, await post(stripe.url, {}, stripe.body)),
    sent("acme", "signed, but not JSON", 400, await postSigned({ ...acme, body: Buffer.from("{ cut o") })),
    sent("nobody", "provider not configured", 404, await post(url("nobody"), {}, "{}")),
  );
  return deliveries;
}

/** The events in the example consumer's log, in the order of publishing. */
async function publishedEvents(stack: LocalStack): Promise<PublishedEvent[]> {
  const logs = new CloudWatchLogsClient(stack.emulator.client);
  const { events = [] } = await logs.send(
    new FilterLogEventsCommand({ logGroupName: stack.outputs.event_log_group_name }),
  );
  return events.map(({ message = "{}" }) => {
    const { source, detail, ...event } = JSON.parse(message) as {
      source: string;
      "detail-type": string;
      resources: string[];
      detail: { id: string };
    };
    return {
      provider: source.replace("webhook.", ""),
      id: detail.id,
      type: event["detail-type"],
      execution: event.resources[0]?.split(":").at(-1) ?? "",
    };
  });
}

async function statusOf(stack: LocalStack, { provider, id }: Delivery): Promise<string> {
  const dynamodb = new DynamoDBClient(stack.emulator.client);
  const { Item } = await dynamodb.send(
    new GetItemCommand({
      TableName: stack.outputs.dynamodb_table_name,
      Key: { pk: { S: `${provider}#${id}` } },
      ConsistentRead: true,
    }),
  );
  return Item?.["status"]?.S ?? "no record";
}

/** Waits until every accepted webhook is through, or the time is over; the verdict tells which. */
async function settled(stack: LocalStack, deliveries: readonly Delivery[]): Promise<Verdict> {
  const deadline = Date.now() + DRAIN_TIMEOUT_MS;
  for (;;) {
    const statuses = await Promise.all(
      deliveries.map((delivery) =>
        Promise.resolve(delivery.id === undefined ? undefined : statusOf(stack, delivery)),
      ),
    );
    const verdict = judge(deliveries, statuses, await publishedEvents(stack));
    if (verdict.complete || Date.now() > deadline) return verdict;
    await pause(100);
  }
}

/** A hash in a name says no more in full than by its beginning. */
function shortened(execution: string): string {
  return execution.replace(/[0-9a-f]{40,}/, (hash) => `${hash.slice(0, 8)}…`);
}

function print(verdict: Verdict): void {
  const rows = verdict.rows.map((row, index) => [
    pc.dim(String(index + 1)),
    row.provider,
    row.what,
    row.answer === row.expected ? pc.green(String(row.answer)) : pc.red(`${row.answer}, not ${row.expected}`),
    row.status ?? pc.dim("not stored"),
    row.position === undefined ? pc.dim("-") : `${row.position}. ${row.type}`,
    pc.dim(shortened(row.execution ?? "-")),
  ]);
  console.log(
    `\n${table(["#", "provider", "webhook", "answer", "status", "event on the bus", "execution"], rows)}\n`,
  );
  for (const problem of verdict.problems) console.log(pc.red(`✖ ${problem}`));
}

const { values } = parseArgs({
  options: { json: { type: "boolean" }, help: { type: "boolean", short: "h" } },
});
if (values.help) process.stdout.write(HELP);
else {
  const startedAt = performance.now();
  void withStack({}, async (stack, progress) => {
    progress.step(
      `deployed ${stack.deployment.resources} resources in ${seconds(stack.deployment.ms)}; sending webhooks`,
    );
    const deliveries = await sendAll(stack);
    progress.step("waiting until all are through");
    const verdict = await settled(stack, deliveries);
    progress.step("stopping the local AWS");
    if (values.json) console.log(JSON.stringify(verdict, null, 2));
    else print(verdict);
    await stack.stop();
    progress.done();
    if (!values.json && verdict.problems.length === 0) {
      console.log(
        pc.green(
          `✔ ${verdict.published} webhooks published, each once and in order; ${verdict.refused} refused`,
        ) + pc.dim(` (${seconds(performance.now() - startedAt)})`),
      );
      console.log(`\nNext: ${pc.bold("npm start")} keeps it running, ${pc.bold("npm test")} proves it.`);
    }
    return verdict.problems.length === 0 ? 0 : 1;
  });
}
