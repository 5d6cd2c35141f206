import { parseArgs } from "node:util";
import { pc } from "../../terminal/colours";
import { table } from "../../terminal/table";
import { costPerMillion, DEPLOYED, total, type Options, type Usage } from "./model";
import { PRICES } from "./prices";
import { countUsage } from "./usage";

const HELP = `What a million webhooks of 5 KB cost on AWS, by part. Runs the functions and the workflow over batches of ten and of
one, counts what they call and log, and multiplies by list prices of us-east-1. Times on AWS are assumed, see perf/cost/model.ts.

  npm run cost [-- --json]
`;

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

const VARIANTS: readonly { readonly name: string; readonly batch: number; readonly options: Options }[] = [
  { name: "by default", batch: 10, options: DEPLOYED },
  { name: "batches of one", batch: 1, options: DEPLOYED },
  { name: "executionLogData: true", batch: 10, options: { ...DEPLOYED, log: "all with data" } },
  { name: "executionLogLevel: ERROR", batch: 10, options: { ...DEPLOYED, log: "errors only" } },
  { name: "archiveSmallPayloads: true", batch: 10, options: { ...DEPLOYED, glacier: true } },
  { name: "all requests traced", batch: 10, options: { ...DEPLOYED, traced: 1 } },
];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: "boolean", default: false }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) return void process.stdout.write(HELP);

  const usages = await countUsage((step) => console.error(`  ${step}`));
  const variants = VARIANTS.map(({ name, batch, options }) => {
    const parts = costPerMillion(usages.get(batch) as Usage, options);
    return { name, parts, total: total(parts) };
  });
  if (values.json) return console.log(JSON.stringify({ variants, prices: PRICES }));

  const [deployed] = variants;
  const dollars = (value: number) => value.toFixed(2).padStart(6);
  const rows = Object.entries(deployed?.parts ?? {}).map(([part, value]) => [part, dollars(value)]);
  console.log(
    table(["part", "$ per million"], [...rows, [pc.bold("by default"), dollars(deployed?.total ?? 0)]]),
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
    pc.dim(
      `\nList prices of ${dates.sort()[0]} to ${dates.at(-1)}, each with its source in perf/cost/prices.ts.`,
    ),
  );
}

main().catch((error: unknown) => {
  console.error(`cost: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
