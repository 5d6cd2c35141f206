import { parseArgs } from "node:util";
import { pc } from "../terminal/colours";
import { startLocalStack } from "../local/stack";
import { table } from "../terminal/table";
import { recordFunctions } from "./functions";
import { costPerMillion, DEPLOYED, total, type Options, type Usage } from "./model";
import { PRICES } from "./prices";
import { measureWorkflow } from "./workflow";

const HELP = `What a million webhooks of 5 KB cost on AWS, by part. Runs the functions and the workflow over batches of ten and of
one, counts what they call and log, and multiplies by list prices of us-east-1. Times on AWS are assumed, see cost/model.ts.

  npm run cost [-- --json]
`;

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

/** Largest batch of a FIFO queue, and what it is where webhooks come one by one. */
const BATCHES = [10, 1] as const;

const VARIANTS: readonly { readonly name: string; readonly batch: number; readonly options: Options }[] = [
  { name: "as deployed", batch: 10, options: DEPLOYED },
  { name: "batches of one", batch: 1, options: DEPLOYED },
  { name: "payloads stay in S3 Standard", batch: 10, options: { ...DEPLOYED, glacier: false } },
  {
    name: "the same, executions logged without data",
    batch: 10,
    options: { ...DEPLOYED, glacier: false, log: "all without data" },
  },
  {
    name: "the same, only failed executions logged",
    batch: 10,
    options: { ...DEPLOYED, glacier: false, log: "errors only" },
  },
  {
    name: "the same, and small payloads not in S3",
    batch: 10,
    options: { ...DEPLOYED, rawPayloads: false, log: "errors only" },
  },
  {
    name: "payloads stay in S3 Standard, all traced",
    batch: 10,
    options: { ...DEPLOYED, glacier: false, traced: 1 },
  },
];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: "boolean", default: false }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) return void process.stdout.write(HELP);

  const usages = await countUsage();
  const variants = VARIANTS.map(({ name, batch, options }) => {
    const parts = costPerMillion(usages.get(batch) as Usage, options);
    return { name, parts, total: total(parts) };
  });
  if (values.json) return console.log(JSON.stringify({ variants, prices: PRICES }));

  const [deployed] = variants;
  const dollars = (value: number) => value.toFixed(2).padStart(6);
  const rows = Object.entries(deployed?.parts ?? {}).map(([part, value]) => [part, dollars(value)]);
  console.log(
    table(["part", "$ per million"], [...rows, [pc.bold("as deployed"), dollars(deployed?.total ?? 0)]]),
  );
  console.log();
  console.log(
    table(
      ["variant", "$ per million"],
      variants.map(({ name, total }) => [name, dollars(total)]),
    ),
  );
  const dates = Object.values(PRICES).map(({ date }) => date);
  console.log(
    pc.dim(`\nList prices of ${dates.sort()[0]} to ${dates.at(-1)}, each with its source in cost/prices.ts.`),
  );
}

async function countUsage(): Promise<ReadonlyMap<number, Usage>> {
  const usages = new Map<number, Usage>();
  const stack = await startLocalStack({ onStep: (step) => console.error(`  ${step}`) });
  try {
    for (const functions of await recordFunctions(BATCHES)) {
      const start = functions.process.calls.find(({ operation }) => operation === "StartSyncExecution");
      if (!start) throw new Error("the processing function started no execution");
      usages.set(functions.webhooks, { functions, workflow: await measureWorkflow(stack, start) });
    }
    return usages;
  } finally {
    await stack.stop();
  }
}

main().catch((error: unknown) => {
  console.error(`cost: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
