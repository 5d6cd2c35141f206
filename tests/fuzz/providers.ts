import { parseArgs } from "node:util";
import { FUZZ_NOW, fuzzProviders } from "../helpers/fuzz-providers";
import { officialLibraries } from "../helpers/official-libraries";

const HELP = `Compares our verdicts with those of the senders' own libraries on requests that are changed at random.

  npm run fuzz:providers [-- --cases N] [--seed N] [--only LIBRARY]

  --cases N       cases for each library (default 10000)
  --seed N        the same cases again (default: the time)
  --only LIBRARY  one of ${officialLibraries.map(({ name }) => name).join(", ")}
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cases: { type: "string", default: "10000" },
      seed: { type: "string", default: String(Date.now() % 2 ** 31) },
      only: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const cases = Number(values.cases);
  const seed = Number(values.seed);
  if (!Number.isInteger(cases) || cases < 1)
    throw new Error(`--cases ${values.cases}: give a whole number from 1`);
  if (!Number.isInteger(seed)) throw new Error(`--seed ${values.seed}: give a whole number`);
  const libraries = officialLibraries.filter(({ name }) => values.only === undefined || name === values.only);
  if (libraries.length === 0) throw new Error(`--only ${values.only}: no such library`);

  // Two of the libraries take no clock.
  Date.now = () => FUZZ_NOW;
  console.log(`seed ${seed}`);
  for (const library of libraries) {
    const result = await fuzzProviders(library, cases, seed);
    console.log(
      `${result.library}: ${result.cases} cases, ${result.bothAccept} accepted by both, ${result.bothRefuse} refused by both, ${result.faults.length} unexplained`,
    );
    for (const [reason, count] of Object.entries(result.intended))
      console.log(`  ${count} intended: ${reason}`);
    for (const fault of result.faults.slice(0, 5)) console.log(`  UNEXPLAINED ${fault}`);
    if (result.faults.length > 0) process.exitCode = 1;
  }
}

main().catch((error: unknown) => {
  console.error(`fuzz: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
