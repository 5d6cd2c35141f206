import { BatchWriteItemCommand } from "@aws-sdk/client-dynamodb";
import { parseArgs } from "node:util";
import { localConsole } from "../../console";
import { startConsole } from "../../console/serve";
import { DAY_MS } from "../../functions/domain/day";
import type { Inbox } from "../../inbox/connect";
import { recentPartition, shardOf, unresolvedPartition } from "../../functions/adapters/indexes";
import { toItem } from "../../functions/adapters/record-item";
import { startLocalStack } from "../../local/stack";

const HELP = `Stores webhooks on the local stack and measures how long the console's list takes to answer.

  npm run bench:list [-- --webhooks N] [--days N]

  --webhooks N   how many are stored (default 100000)
  --days N       days over which they were received (default 30)

Exit code 0 where every median is below its target.
`;

const ROUNDS = 15;
/** Maximum number of items that DynamoDB writes in one call. */
const BATCH = 25;
const WRITERS = 8;

/**
 * Requests to the list: name, path, and milliseconds that it may take. A search by text reads every record of its span.
 */
const QUESTIONS: readonly (readonly [string, string, number])[] = [
  ["the newest 50", "/", 200],
  ["of one provider", "/?provider=github", 200],
  ["failed ones", "/?status=failed&hours=720", 200],
  ["by text, of the last 24 hours", "/?text=evt_00000042", 1_000],
];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      webhooks: { type: "string", default: "100000" },
      days: { type: "string", default: "30" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const stack = await startLocalStack({ onStep: (step) => console.error(`  ${step}`) });
  const options = localConsole(stack);
  const site = await startConsole(options, 0);
  try {
    console.error(`  storing ${values.webhooks} webhooks of ${values.days} days`);
    await fill(options.inbox, Number(values.webhooks), Number(values.days) * DAY_MS);
    for (const [name, path, target] of QUESTIONS) {
      const times = await measure(`${site.url}${path}`, site.authorization);
      const median = times[Math.floor(times.length / 2)] ?? NaN;
      const spread = `${times[0]?.toFixed(0)} to ${times.at(-1)?.toFixed(0)}`;
      console.log(`${name}: ${median.toFixed(0)} ms (${spread}; target < ${target})`);
      if (!(median < target)) process.exitCode = 1;
    }
  } finally {
    await site.close();
    await stack.stop();
  }
}

/** Returns the milliseconds of each answer, ascending, for the whole page as a browser gets it. */
async function measure(url: string, authorization: string): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const startedAt = performance.now();
    const reply = await fetch(url, { headers: { authorization } });
    await reply.text();
    if (!reply.ok) throw new Error(`${url} answered ${reply.status}`);
    if (round > 0) times.push(performance.now() - startedAt);
  }
  return times.sort((a, b) => a - b);
}

/** Writes records as the functions do, evenly distributed over the span until now. */
async function fill({ clients, outputs }: Inbox, count: number, spanMs: number): Promise<void> {
  const now = Date.now();
  let next = 0;
  const write = async () => {
    while (next < count) {
      const from = next;
      next += BATCH;
      const indexes = Array.from({ length: Math.min(BATCH, count - from) }, (_, offset) => from + offset);
      const requests = indexes.map((index) => ({
        PutRequest: { Item: record(index, now - (index / count) * spanMs) },
      }));
      await clients.dynamodb.send(
        new BatchWriteItemCommand({ RequestItems: { [outputs.dynamodb_table_name]: requests } }),
      );
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
}

function record(index: number, at: number) {
  const provider = ["stripe", "github", "shopify"][index % 3] ?? "stripe";
  const failed = index % 500 === 0;
  const eventId = `evt_${String(index).padStart(8, "0")}`;
  const pk = `${provider}#${eventId}`;
  const receivedAt = new Date(at).toISOString();
  return toItem({
    pk,
    provider,
    eventId,
    type: "invoice.paid",
    status: failed ? "failed" : "published",
    receivedAt,
    recent: recentPartition(receivedAt, shardOf(pk)),
    unresolved: failed ? unresolvedPartition("failed", shardOf(pk)) : undefined,
    attempts: 1,
    replay: 0,
    expiresAt: Math.floor(Date.now() / 1000) + 86_400,
  });
}

main().catch((error: unknown) => {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
