import { parseArgs } from "node:util";
import { pc } from "../../terminal/colours";
import { table } from "../../terminal/table";
import { costPerMillion, DEPLOYED, sampled, total, type Options, type Usage } from "./model";
import { CONSUMER_KINDS, consumerPerMillion, type ConsumerKind } from "./consumers";
import { costPerMonth, SECONDS_PER_MONTH } from "./monthly";
import { payloadBytes, webhooksPerMonth, wholeNumber } from "./options";
import { PRICES } from "./prices";
import { countUsage } from "./usage";

const HELP = `What webhooks cost on AWS: per million by part, what each option adds, and the fixed part of a month. Runs the
functions and the workflow over batches of ten and of one, counts what they call and log, and multiplies by list prices of
us-east-1, without the free tier. Times on AWS are assumed, see ASSUMED in perf/cost/.

  npm run cost [-- --rate 10/s --size 5KB --providers N --json]

  --rate R       webhooks per time: 10/s, 5/min, 100/h, 20000/day, 1000000/month; adds the sum of a month, and X-Ray's
                 share at that rate: it traces the first request of each second (without a rate: 5 %, as at high ones)
  --size S       bytes of a payload: 500B, 5KB, 1MB (default 5KB)
  --providers N  how many are configured, for the fixed part (default 3)
  --json         as JSON
`;

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

interface Variant {
  readonly name: string;
  readonly batch: number;
  readonly options: Options;
}

const variant = (name: string, over: Partial<Options>, batch = 10): Variant => ({
  name,
  batch,
  options: { ...DEPLOYED, ...over },
});

const BY_DEFAULT = variant("by default", {});
const ONE_BY_ONE = variant("batches of one", {}, 1);

/** Variants, each of which is compared to the default. */
const VARIANTS: readonly Variant[] = [
  ONE_BY_ONE,
  variant("executionLogData: true", { log: "all with data" }),
  variant("executionLogLevel: ERROR", { log: "errors only" }),
  variant("eventLogData: true", { eventLogData: true }),
  variant("archiveSmallPayloads: true", { glacier: true }),
  variant("all requests traced", { traced: 1 }),
  variant("an API destination as consumer", { apiDestinations: 1 }),
];

const CONSUMER_NAMES: Readonly<Record<ConsumerKind, string>> = {
  queue: "queue, read ten at a time",
  lambda: "lambda, one at a time",
  http: "http",
  original: "http with as: original",
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rate: { type: "string" },
      size: { type: "string", default: "5KB" },
      providers: { type: "string", default: "3" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const bytes = payloadBytes(values.size);
  const webhooks = values.rate === undefined ? undefined : webhooksPerMonth(values.rate);
  const providers = wholeNumber("providers", values.providers);

  const { batches, alarms } = await countUsage((step) => console.error(`  ${step}`), bytes);
  const traced = webhooks === undefined ? DEPLOYED.traced : sampled(webhooks / SECONDS_PER_MONTH);
  const priced = ({ name, batch, options }: Variant) => {
    const parts = costPerMillion(batches.get(batch) as Usage, {
      ...options,
      traced: Math.max(options.traced, traced),
    });
    return { name, parts, total: total(parts) };
  };
  const [deployed, oneByOne] = [priced(BY_DEFAULT), priced(ONE_BY_ONE)];
  const options = VARIANTS.map(priced).map((one) => ({ ...one, adds: one.total - deployed.total }));
  const consumers = pricedConsumers(batches.get(BY_DEFAULT.batch) as Usage);
  const fixed = costPerMonth({ providers, alarms, detailedMetrics: false, secrets: 0 });
  const perMethod = costPerMonth({ providers, alarms, detailedMetrics: true, secrets: 0 });
  const monthly = {
    parts: fixed,
    total: total(fixed),
    options: [
      { name: "detailedMetrics: true", adds: total(perMethod) - total(fixed) },
      { name: "a secret in Secrets Manager", adds: PRICES.secret.dollars },
    ],
  };
  const month = webhooks && {
    webhooks,
    batchesOfTen: (webhooks / 1_000_000) * deployed.total + monthly.total,
    batchesOfOne: (webhooks / 1_000_000) * oneByOne.total + monthly.total,
  };
  if (values.json)
    return console.log(
      JSON.stringify({ bytes, perMillion: deployed, options, consumers, monthly, month, prices: PRICES }),
    );

  const rows = (parts: Readonly<Record<string, number>>) =>
    Object.entries(parts)
      .filter(([part, value]) => value > 0 || part === "Parameter Store")
      .map(([part, value]) => [part, dollars(value)]);
  const added = (all: readonly { name: string; adds: number }[]) =>
    all.map(({ name, adds }) => [
      name,
      `${adds < 0 ? "-" : "+"}${dollars(Math.abs(adds)).trim()}`.padStart(7),
    ]);
  const sum = (name: string, value: number) => [pc.bold(name), pc.bold(dollars(value))];
  console.log(
    [
      table(
        [`payloads of ${values.size}`, "$ per million"],
        [...rows(deployed.parts), sum("by default", deployed.total)],
      ),
      table(["instead of the default", "$ per million"], added(options)),
      table(["each consumer, of the events it wants", "$ per million"], added(consumers)),
      table(
        [`fixed, ${providers} providers`, "$ a month"],
        [...rows(fixed), sum("fixed", monthly.total), ...added(monthly.options)],
      ),
      ...(month ? [monthText(values.rate ?? "", month)] : []),
    ].join("\n\n"),
  );
  const dates = Object.values(PRICES).map(({ date }) => date);
  console.log(
    pc.dim(
      `\nList prices of ${dates.sort()[0]} to ${dates.at(-1)}, each with its source in perf/cost/prices.ts.`,
    ),
  );
}

function pricedConsumers(usage: Usage) {
  return CONSUMER_KINDS.map((kind) => {
    const parts = consumerPerMillion(kind, usage, BY_DEFAULT.options);
    return { name: CONSUMER_NAMES[kind], parts, adds: total(parts) };
  });
}

const dollars = (value: number) => value.toFixed(2).padStart(6);

function monthText(
  rate: string,
  { webhooks, batchesOfTen, batchesOfOne }: { webhooks: number; batchesOfTen: number; batchesOfOne: number },
): string {
  const millions = (webhooks / 1_000_000).toPrecision(3);
  return (
    `${pc.bold(`${rate} is ${millions} million a month: $${batchesOfTen.toFixed(2)} to $${batchesOfOne.toFixed(2)}`)}, ` +
    `the fixed part included.\nThe less where webhooks of a group arrive ten at once, the more where each arrives alone.`
  );
}

main().catch((error: unknown) => {
  console.error(`cost: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
