import { parseArgs } from "node:util";
import { Progress } from "../../terminal/progress";
import { fixClock } from "../support/fixed-clock";
import { FUZZ_NOW, fuzzProviders, type FuzzResult } from "../support/fuzz-providers";
import { officialLibraries } from "../support/official-libraries";

const HELP = `Compares our verdicts with those of the providers' own libraries on requests that are changed at random.

  npm run fuzz:providers [-- --cases N --seed N --only LIBRARY,... --json]

  --cases N           cases for each library (default 10000)
  --seed N            the same cases again, except for key pairs, which are new each time (default: the time)
  --only LIBRARY,...  some of ${officialLibraries.map(({ name }) => name).join(", ")}
  --json              the result as JSON on standard output

Exit code 0 only if every difference is one of those that are meant; each is listed with its reason.
`;

/** Unexplained differences that are shown of one library. */
const SHOWN = 5;

function parse() {
  const { values } = parseArgs({
    options: {
      cases: { type: "string", default: "10000" },
      seed: { type: "string", default: String(Date.now() % 2 ** 31) },
      only: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const cases = Number(values.cases);
  const seed = Number(values.seed);
  if (!Number.isInteger(cases) || cases < 1)
    throw new Error(`--cases ${values.cases}: give a whole number from 1`);
  if (!Number.isInteger(seed)) throw new Error(`--seed ${values.seed}: give a whole number`);
  const only = values.only?.split(",");
  const unknown = only?.find((name) => officialLibraries.every((library) => library.name !== name));
  if (unknown !== undefined) throw new Error(`--only ${unknown}: no such library`);
  const libraries = officialLibraries.filter(({ name }) => only?.includes(name) ?? true);
  return { ...values, cases, seed, libraries };
}

function print({ library, cases, bothAccept, bothReject, intended, faults }: FuzzResult): void {
  console.log(
    `${library}: ${cases} cases, ${bothAccept} accepted by both, ${bothReject} rejected by both, ${faults.length} unexplained`,
  );
  for (const [reason, count] of Object.entries(intended)) console.log(`  ${count} intended: ${reason}`);
  for (const fault of faults.slice(0, SHOWN)) console.log(`  UNEXPLAINED ${fault}`);
}

async function main(): Promise<void> {
  const { help, json, cases, seed, libraries } = parse();
  if (help) return void process.stdout.write(HELP);
  if (!json) console.log(`seed ${seed}`);
  const progress = new Progress();
  // Most of the libraries take no clock.
  const release = fixClock(FUZZ_NOW);
  const results: (FuzzResult & { readonly seconds: number })[] = [];
  for (const [index, library] of libraries.entries()) {
    progress.step(`${library.name}, ${index + 1} of ${libraries.length}`);
    const startedAt = performance.now();
    const result = await fuzzProviders(library, cases, seed);
    results.push({ ...result, seconds: Math.round((performance.now() - startedAt) / 100) / 10 });
    if (result.faults.length > 0) process.exitCode = 1;
  }
  progress.done();
  release();
  if (json) console.log(JSON.stringify({ seed, results }, null, 2));
  else results.forEach(print);
}

main().catch((error: unknown) => {
  console.error(`fuzz: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
