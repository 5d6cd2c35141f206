import { fixClock } from "../../../support/fixed-clock";
import { FUZZ_NOW, fuzzProviders, INTENDED } from "../../../support/fuzz-providers";
import { officialLibraries } from "../../../support/official-libraries";

/* A thousand of the cases that `npm run fuzz:providers` runs by the hundred thousand. */

const SEED = Number(process.env["SEED"] ?? Date.now() % 2 ** 31);

// Most of the libraries take no clock.
let release: () => void;
beforeAll(() => {
  release = fixClock(FUZZ_NOW);
});
afterAll(() => release());

it.each(officialLibraries)(
  `our verdict and that of $name differ on purpose only (seed ${SEED})`,
  async (library) => {
    const cases = library.slow ? 100 : 1_000;
    const result = await fuzzProviders(library, cases, SEED);
    expect(result.faults).toEqual([]);
    // Else nothing would be compared.
    expect(result.bothAccept).toBeGreaterThan(0.025 * cases);
    expect(result.bothReject).toBeGreaterThan(0.25 * cases);
  },
);

it("gives each intended difference a reason of its own", () => {
  expect(new Set(INTENDED.map(({ reason }) => reason)).size).toBe(INTENDED.length);
});
