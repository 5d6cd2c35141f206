import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { node24Folder } from "../../local/install/node24";
import { startLocalStack, type LocalStack } from "../../local/stack";
import { pc } from "../../terminal/colours";
import { table } from "../../terminal/table";
import * as batches from "./batches";
import * as coldStartBytes from "./cold-start-bytes";
import * as coldStartTime from "./cold-start-time";
import { consumerFigures } from "./consumers";
import * as cpu from "./cpu";
import * as demoCold from "./demo-cold";
import * as demoWarm from "./demo-warm";
import * as deployment from "./deployment";
import { forgedFigures } from "./forged";
import { holds, spread, type Bench, type Figure } from "./figure";
import * as group from "./group";
import * as ingest from "./ingest";
import * as ingestOverhead from "./ingest-overhead";
import { limitedFigures } from "./limited";
import * as memory from "./memory";
import { verifyFigures } from "./verify";
import { SWITCHES } from "../switches";

const FIGURES: readonly Figure[] = [
  ...verifyFigures,
  ...forgedFigures,
  ingest,
  ingestOverhead,
  coldStartTime,
  coldStartBytes,
  ...limitedFigures,
  cpu,
  memory,
  group,
  batches,
  ...consumerFigures,
  deployment,
  demoWarm,
  demoCold,
];

const HELP = `Measures, and prints medians with their spread. Exit code 0 only if every target is kept.

  npm run bench [-- --only <name>,... --rounds N --json]

  --only <name>  one figure or several: ${FIGURES.map(({ name }) => name).join(", ")}
  --rounds N     counted rounds after one to warm up (default 3)
  --json         the figures as JSON
`;

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      rounds: { type: "string", default: "3" },
      ...SWITCHES,
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds ${values.rounds}: give a whole number from 1`);
  const chosen = chooseFigures(values.only);
  if (await ranOnNode24()) return;

  const measured = await measure(chosen, rounds);
  const report = measured.map(({ figure: { name, title, unit, target }, values }) => ({
    name,
    title,
    unit,
    target,
    values,
    ...spread(values),
    ok: holds({ ...(target && { target }) }, values),
  }));
  if (values.json) console.log(JSON.stringify(report));
  else {
    const rows = report.map((figure) => [
      figure.ok ? pc.green("✔") : pc.red("✖"),
      figure.name,
      `${short(figure.median)} ${figure.unit}`.trim(),
      pc.dim(`${short(figure.min)} to ${short(figure.max)}`),
      describe(figure.target),
      figure.title,
    ]);
    console.log(table(["", "figure", "median", "spread", "target", ""], rows));
  }
  if (report.some(({ ok }) => !ok)) process.exitCode = 1;
}

/**
 * Makes sure that the functions' own runtime is measured: in another one, runs everything again there, and returns
 * true.
 */
async function ranOnNode24(): Promise<boolean> {
  if (process.version.startsWith("v24.")) return false;
  const node = join(await node24Folder((step) => console.error(`  ${step}`)), "node");
  const child = spawn(node, [...process.execArgv, ...process.argv.slice(1)], { stdio: "inherit" });
  const [code] = (await once(child, "close")) as [number | null];
  process.exitCode = code ?? 1;
  return true;
}

function chooseFigures(only: string | undefined): readonly Figure[] {
  if (only === undefined) return FIGURES;
  return only.split(",").flatMap((wanted) => {
    // Accepts a prefix, such as `verify`, for all figures whose names begin with it.
    const found = FIGURES.filter(({ name }) => name === wanted || name.startsWith(`${wanted}-`));
    if (found.length > 0) return found;
    throw new Error(`--only ${wanted}: there are ${FIGURES.map(({ name }) => name).join(", ")}`);
  });
}

async function measure(figures: readonly Figure[], rounds: number) {
  let started: Promise<LocalStack> | undefined;
  const step = (text: string) => console.error(`  ${text}`);
  const bench: Bench = { rounds, step, stack: () => (started ??= startLocalStack({ onStep: step })) };
  try {
    const measured: { figure: Figure; values: readonly number[] }[] = [];
    for (const figure of figures) {
      step(figure.name);
      measured.push({ figure, values: await figure.measure(bench) });
    }
    return measured;
  } finally {
    await (await started)?.stop();
  }
}

/** Formats a number with three significant digits. */
function short(value: number): string {
  return String(Number(value.toPrecision(value >= 1_000 ? 4 : 3)));
}

function describe(target: Figure["target"]): string {
  if (!target) return pc.dim("none");
  return "atLeast" in target ? `at least ${target.atLeast}` : `at most ${target.atMost}`;
}

main().catch((error: unknown) => {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
