import { FUZZ_NOW, fuzzProviders, INTENDED } from "../../helpers/fuzz-providers";
import { officialLibraries } from "../../helpers/official-libraries";

/* A few thousand of the cases that `npm run fuzz:providers` runs by the hundred thousand. */

const SEED = Number(process.env["SEED"] ?? Date.now() % 2 ** 31);
const realNow = Date.now;

// Two of the libraries take no clock.
beforeAll(() => {
  Date.now = () => FUZZ_NOW;
});
afterAll(() => {
  Date.now = realNow;
});

it.each(officialLibraries)(
  `our verdict and that of $name differ on purpose only (seed ${SEED})`,
  async (library) => {
    const result = await fuzzProviders(library, 2_000, SEED);
    expect(result.faults).toEqual([]);
    // Else nothing would be compared.
    expect(result.bothAccept).toBeGreaterThan(50);
    expect(result.bothRefuse).toBeGreaterThan(500);
  },
);

it("gives each intended difference a reason of its own", () => {
  expect(new Set(INTENDED.map(({ reason }) => reason)).size).toBe(INTENDED.length);
});
