import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CACHE } from "../../local/paths";
import { seeded, startFaultProxy } from "../../tests/support/fault-proxy";
import { startInbox } from "../../tests/support/inbox";
import { consumersAt } from "./consumers";
import { startBadServer } from "./http-server";
import { print } from "./report";
import { soak } from "./run";
import { PROVIDERS } from "./webhooks";
import { SWITCHES } from "../switches";

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

const HELP = `Sends webhooks of nine providers through the whole inbox on a local AWS, with duplicates and poison among them,
while calls to AWS fail and functions are killed, and says what became of each event. Every rule by which an event
is known is among them, and a provider whose requests hold several events and are split. Two consumers read their queues
by themselves; the server of a third, over HTTP, answers 503 to 20 % of the calls and never answers 5 %. Before the faults,
rounds with and without the third take turns, and the delays of the two others are compared.

  npm run soak [-- --seed N] [--webhooks N] [--json]

  --seed N       faults, duplicates and poison of another run again (default: a new one, printed)
  --webhooks N   how many, besides duplicates (default 2000)
  --json         the result as JSON on standard output; it is also written to .cache/soak-<seed>.json

Exit code 0 only if nothing is lost, out of order or twice, on the bus and at each consumer, but where docs/guarantees.md
says so; just the poison events are dead-lettered; and the p99 of the two consumers is within 1.2 of that without the third.`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string" },
      webhooks: { type: "string", default: "2000" },
      ...SWITCHES,
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
  const count = Number(values.webhooks);
  if (!Number.isInteger(seed) || !Number.isInteger(count) || count < 1)
    throw new Error("--seed and --webhooks take whole numbers");

  const progress = (text: string) => console.error(`  ${text}`);
  progress(`seed ${seed}: ${count} webhooks, the local AWS starts`);
  const proxy = await startFaultProxy();
  const server = await startBadServer(seeded(seed + 2));
  const inbox = await startInbox({
    functionsEndpoint: proxy.endpoint,
    config: {
      providers: PROVIDERS,
      consumers: consumersAt(server.url),
      throttleBurstLimit: 5_000,
      throttleRateLimit: 10_000,
    },
  });
  try {
    const result = { seed, ...(await soak(seed, count, { inbox, proxy, server }, progress)) };
    mkdirSync(CACHE, { recursive: true });
    const file = join(CACHE, `soak-${seed}.json`);
    writeFileSync(file, JSON.stringify(result, null, 2));
    if (values.json) console.log(JSON.stringify(result));
    else print(result, file);
    return result.problems.length === 0 ? 0 : 1;
  } finally {
    await inbox.close();
    server.close();
    await proxy.close();
  }
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(`soak: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  },
);
