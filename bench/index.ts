import { parseArgs } from "node:util";
import { startLocalStack } from "../local/stack";
import { drainOneGroup } from "./drain";
import { measureVerify } from "./verify";

const HELP = `Measures and prints medians with their spread.

  npm run bench [-- --only NAME] [--rounds N] [--json]

  --only drain   only what needs the local stack
  --only verify  only what verifying costs, without the local stack
  --rounds N   counted rounds after one to warm up (default 3)
  --json       the figures as JSON
`;

interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly target: string;
  readonly values: readonly number[];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      rounds: { type: "string", default: "3" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds ${values.rounds}: give a whole number from 1`);

  const parts = { verify, drain: () => drain(rounds) };
  const wanted = values.only === undefined ? Object.keys(parts) : [values.only];
  const figures: Figure[] = [];
  for (const name of wanted) {
    if (!Object.hasOwn(parts, name)) {
      throw new Error(`--only ${name}: allowed are ${Object.keys(parts).join(", ")}`);
    }
    figures.push(...(await parts[name as keyof typeof parts]()));
  }
  if (values.json)
    console.log(JSON.stringify(figures.map((figure) => ({ ...figure, ...summary(figure.values) }))));
  else for (const figure of figures) console.log(row(figure));
}

async function verify(): Promise<Figure[]> {
  console.error("  verifying a body of 5 KB, pair by pair");
  return (await measureVerify()).map(({ name, values, below }) => ({
    name: `verify: ${name}`,
    unit: "times its cost",
    target: `< ${below}`,
    values,
  }));
}

async function drain(rounds: number): Promise<Figure[]> {
  const stack = await startLocalStack({ onStep: (step) => console.error(`  ${step}`) });
  try {
    const drained: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      console.error(`  one group of 100, round ${round} of ${rounds}${round === 0 ? " (warm-up)" : ""}`);
      const rate = await drainOneGroup(stack);
      if (round > 0) drained.push(rate);
    }
    return [
      {
        name: "one group of 100 queued webhooks drains",
        unit: "webhooks/s",
        target: "> 30",
        values: drained,
      },
    ];
  } finally {
    await stack.stop();
  }
}

function summary(values: readonly number[]): { min: number; median: number; max: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => Number((sorted[index] ?? NaN).toFixed(2));
  return { min: at(0), median: at(Math.floor(sorted.length / 2)), max: at(sorted.length - 1) };
}

function row({ name, unit, target, values }: Figure): string {
  const { min, median, max } = summary(values);
  return `${name}: ${median} ${unit} (${min} to ${max}; target ${target})`;
}

main().catch((error: unknown) => {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
