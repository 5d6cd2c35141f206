import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { pc } from "../terminal/colours";
import { table } from "../terminal/table";
import { AWS, AWS_RAISED, type Platform, type Traffic } from "./model";
import { simulate, type Result } from "./simulate";
import { validate } from "./validate";

const HELP = `Simulates the deployed path under a traffic and tells what it sustains, how long webhooks take, and which quota binds.

  npm run capacity [-- --traffic <file> | --rate N] [--seconds N] [--seed N] [--json]
  npm run capacity -- --validate

  --traffic <file>   JSON: a list of { provider, rate, burstiness, entities, skew, throttle? }
  --rate N           one provider with so many webhooks per second; with --entities N, --burstiness N, --skew N
  --seconds N        simulated seconds (default 60)
  --seed N           of the random numbers (default 1)
  --validate         compares the simulation with the emulator: exit code 1 where it is off by more than 15 %

Without options: the same providers ordered by provider alone, and by entity at 10,000 requests/s. Quotas and times, with
their sources: capacity/model.ts.
`;

/** By how much a prediction may be off. */
const TOLERANCE = 0.15;

const one = (over: Partial<Traffic>): Traffic => ({
  provider: "stripe",
  rate: 50,
  burstiness: 1,
  entities: 1,
  skew: 0,
  ...over,
});

/** What the design promises and what it does not. */
const SCENARIOS: readonly {
  readonly name: string;
  readonly traffic: readonly Traffic[];
  readonly platform?: Platform;
}[] = [
  { name: "one provider, ordered by provider, 50/s", traffic: [one({ rate: 50 })] },
  { name: "one provider, ordered by provider, 100/s", traffic: [one({ rate: 100 })] },
  {
    name: "six providers, ordered by provider, 50/s each, in bursts",
    traffic: ["stripe", "github", "shopify", "slack", "standard", "acme"].map((provider) =>
      one({ provider, burstiness: 3 }),
    ),
  },
  { name: "10,000 entities, 1,000/s", traffic: [one({ rate: 1_000, entities: 10_000, skew: 0.5 })] },
  { name: "10,000 entities, 5,000/s", traffic: [one({ rate: 5_000, entities: 10_000, skew: 0.5 })] },
  { name: "100,000 entities, 10,000/s", traffic: [one({ rate: 10_000, entities: 100_000, skew: 0.5 })] },
  {
    name: "100,000 entities, 10,000/s, quotas raised",
    traffic: [one({ rate: 10_000, entities: 100_000, skew: 0.5 })],
    platform: AWS_RAISED,
  },
];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      traffic: { type: "string" },
      rate: { type: "string" },
      entities: { type: "string", default: "1" },
      burstiness: { type: "string", default: "1" },
      skew: { type: "string", default: "0" },
      seconds: { type: "string", default: "60" },
      seed: { type: "string", default: "1" },
      validate: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  if (values.validate) return compareWithEmulator(values.json);

  const scenarios: typeof SCENARIOS =
    values.traffic !== undefined
      ? [{ name: values.traffic, traffic: JSON.parse(readFileSync(values.traffic, "utf8")) as Traffic[] }]
      : values.rate !== undefined
        ? [
            {
              name: `${values.rate}/s over ${values.entities} entities`,
              traffic: [
                one({
                  rate: number("--rate", values.rate),
                  entities: number("--entities", values.entities),
                  burstiness: number("--burstiness", values.burstiness),
                  skew: Number(values.skew),
                }),
              ],
            },
          ]
        : SCENARIOS;
  const options = { seconds: number("--seconds", values.seconds), seed: number("--seed", values.seed) };
  const results = scenarios.map(({ name, traffic, platform }) => ({
    name,
    ...simulate(platform ?? AWS, traffic, options),
  }));
  if (values.json) return console.log(JSON.stringify(results));
  console.log(`${AWS.name}; ${options.seconds} simulated seconds, seed ${options.seed}\n`);
  for (const result of results) print(result.name, result);
}

function print(name: string, result: Result): void {
  const last = result.backlog.length;
  const backlog = [0.25, 0.5, 0.75, 1].map((part) => {
    const second = Math.max(1, Math.round(last * part));
    return `${result.backlog[second - 1]} after ${second} s`;
  });
  const refused = Object.entries(result.refused).map(([by, count]) => `${count} by ${by}`);
  const [first] = result.utilisation;
  const seconds = (value: number) => `${value.toFixed(2)} s`;
  console.log(pc.bold(name));
  console.log(
    table(
      ["", ""],
      [
        ["sustained", `${result.sustained.toFixed(0)} webhooks/s`],
        ["end to end", `p50 ${seconds(result.latency.p50)}, p99 ${seconds(result.latency.p99)}`],
        ["backlog", backlog.join(", ")],
        ["refused", refused.join(", ") || "none"],
        ...(first
          ? [
              [
                "closest limit",
                `${first.name}: peak at ${(first.share * 100).toFixed(0)} %; raise ${first.raise}`,
              ],
            ]
          : []),
      ],
    )
      .split("\n")
      .slice(1)
      .join("\n"),
  );
  console.log();
}

async function compareWithEmulator(json: boolean): Promise<void> {
  const { predicted, measured, error } = await validate((step) => console.error(`  ${step}`));
  const ok = error <= TOLERANCE;
  if (json) console.log(JSON.stringify({ predicted, measured, error, ok }));
  else {
    console.log(
      `${ok ? pc.green("✔") : pc.red("✖")} one group drains at ${measured.toFixed(1)} webhooks/s; predicted ${predicted.toFixed(1)}, off by ${(error * 100).toFixed(1)} % (at most ${TOLERANCE * 100} %)`,
    );
  }
  if (!ok) process.exitCode = 1;
}

function number(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${option} ${text}: give a number above 0`);
  return value;
}

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

main().catch((error: unknown) => {
  console.error(`capacity: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
