import { pc } from "../../terminal/colours";
import { table } from "../../terminal/table";
import { shapes, targets, type Shape, type Target } from "../../tests/support/forged";
import { measureAlone, type Alone, type Which } from "./forged-alone";
import { hashOf, loadOurs, rejecting, timed, type Ours } from "./forged-request";
import type { Bench, Figure } from "./figure";

/** Sizes of the bodies that every scheme gets, in bytes: the largest that is accepted, and a small one. */
const SIZES = [4_500_000, 64 * 1024];

/**
 * Bytes just below the size limits of the schemes that parse a body before they verify it; only these schemes get such
 * bodies.
 */
const BOUNDED_SIZES = [1024 * 1024 - 64, 512 * 1024 - 64, 256 * 1024 - 64];

/** Size of the largest body that is diagnosed, in bytes. */
const DIAGNOSED_SIZE = 256 * 1024 - 64;

/**
 * Minimum number of milliseconds that hashing a body counts as: a genuine webhook of 5 KB costs 1.3 (`--only cpu`).
 * Without a minimum, the ratio of a small body would compare a function call to a hash of microseconds, although
 * forging such requests gains no more than sending genuine ones.
 */
const FLOOR_MS = 2;

/** Maximum cost of a forged request, in hashes of its body. */
const MOST_HASHES = 3;

/** Maximum milliseconds of processor time of a forged request, diagnosed or not. */
const MOST_MS = 50;

/** Maximum megabytes at the peak of a forged request, above a plain request of the same size. */
const MOST_MB = 64;

/**
 * Schemes without a limit for the ratio: they sign a text inside the body, which has to be decoded before it can be
 * hashed, and their genuine bodies are too large for a size limit that would make this cheap. A message of SNS is JSON
 * that can contain 256 KB of escaped JSON; a form of Mandrill's contains an inbound mail with its attachments. The
 * limits in milliseconds and megabytes hold for them as well.
 */
const DECODES_FIRST: readonly string[] = ["aws-sns", "mandrill"];

/**
 * Share of a limit from which a request is measured again in a process of its own: here, the garbage of others is
 * counted.
 */
const SUSPICIOUS = 0.8;

/** Number of requests of a scheme that are kept: the most expensive ones. */
const KEPT = 5;

/** Number of requests whose memory is measured besides the suspicious ones: those that took the most processor time. */
const MEMORY_OF = 12;

/** Cost of a request that was measured in the same process as others. */
interface Cost extends Which {
  readonly ms: number;
  readonly hashes: number;
}

interface Measured {
  readonly rejected: readonly Cost[];
  readonly diagnosed: readonly Cost[];
  readonly mb: readonly number[];
}

let measured: Promise<Measured> | undefined;

/**
 * Costs of forged requests: every shape against every scheme, from the event of API Gateway to the answer, compared to
 * hashing the same body as often as there are secrets.
 */
export const forgedFigures: readonly Figure[] = [
  figure("forged", `a forged request / hashing its body (at least ${FLOOR_MS} ms)`, "x", MOST_HASHES, (all) =>
    all.rejected.filter(({ scheme }) => !DECODES_FIRST.includes(scheme)).map(({ hashes }) => hashes),
  ),
  figure("forged-ms", "processor time of a forged request", "ms", MOST_MS, (all) =>
    all.rejected.map(({ ms }) => ms),
  ),
  figure("forged-diagnosed", "processor time of one that is diagnosed", "ms", MOST_MS, (all) =>
    all.diagnosed.map(({ ms }) => ms),
  ),
  figure("forged-memory", "peak of memory above that of a plain request", "MB", MOST_MB, (all) => [
    ...all.mb,
  ]),
];

function figure(
  name: string,
  title: string,
  unit: string,
  atMost: number,
  values: (all: Measured) => readonly number[],
): Figure {
  return {
    name,
    title: `${title}, worst of all schemes and shapes`,
    unit,
    target: { atMost },
    measure: async (bench) => [Math.max(...values(await (measured ??= measureAll(bench))))],
  };
}

async function measureAll({ step }: Bench): Promise<Measured> {
  const ours = loadOurs();
  const all = targets();
  step(`${all.length} schemes, ${shapes.length} shapes`);
  const rejected = await worstAlone(await costs(ours, all, false, step), false);
  print(rejected.worst);
  const diagnosed = await worstAlone(await costs(ours, all, true, step), true);
  print(diagnosed.worst);
  const alone = [...rejected.alone, ...diagnosed.alone];
  for (const { scheme, shape, size, mb } of alone.toSorted((a, b) => b.mb - a.mb).slice(0, MEMORY_OF))
    step(`${scheme}: ${mb.toFixed(0)} MB (${shape}, ${kilobytes(size)})`);
  return { rejected: rejected.worst, diagnosed: diagnosed.worst, mb: alone.map(({ mb }) => mb) };
}

/** Returns the worst cost of each scheme; suspicious requests are measured again in a process of their own. */
async function worstAlone(
  byScheme: readonly (readonly Cost[])[],
  isDiagnosed: boolean,
): Promise<{ readonly worst: readonly Cost[]; readonly alone: readonly (Cost & Alone)[] }> {
  const isSuspicious = ({ ms, hashes }: Cost) =>
    ms > SUSPICIOUS * MOST_MS || (!isDiagnosed && hashes > SUSPICIOUS * MOST_HASHES);
  const slowest = byScheme
    .flat()
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, MEMORY_OF);
  const again = byScheme.flatMap((own) => own.filter(isSuspicious));
  const alone = await measureAlone([...new Set([...again, ...slowest])], isDiagnosed);
  const worst = byScheme.flatMap((own) => {
    const known = own.map((cost): Cost => {
      const measured = alone.find(({ shape, size, scheme }) => {
        return shape === cost.shape && size === cost.size && scheme === cost.scheme;
      });
      if (!measured) return cost;
      return { ...cost, ms: measured.ms, hashes: measured.ms / Math.max(measured.hashMs, FLOOR_MS) };
    });
    return byCost(known, isDiagnosed).slice(0, 1);
  });
  return { worst, alone };
}

/** Sorts costs, the highest first. */
function byCost(costs: readonly Cost[], isDiagnosed: boolean): readonly Cost[] {
  return costs.toSorted((a, b) => (isDiagnosed ? b.ms - a.ms : b.hashes - a.hashes));
}

/**
 * Returns the costs of each scheme's {@link KEPT} most expensive requests. Shapes are the outer loop, so that one body serves all
 * schemes.
 */
async function costs(
  ours: Ours,
  all: readonly Target[],
  isDiagnosed: boolean,
  step: (text: string) => void,
): Promise<readonly (readonly Cost[])[]> {
  const worst = new Map<string, readonly Cost[]>();
  const attacked = isDiagnosed ? oneOfEachKind(all) : all;
  // Skips shapes without a special body: the cost of a diagnosis depends on the body.
  const tried = isDiagnosed
    ? shapes.filter(({ name }) => !/header|query|signatures, after/.test(name))
    : shapes;
  for (const [index, shape] of tried.entries()) {
    for (const size of isDiagnosed ? [DIAGNOSED_SIZE] : [...SIZES, ...BOUNDED_SIZES]) {
      const hash = new Map<string, number>();
      for (const target of attacked) {
        const scheme = target.scheme.id;
        if (BOUNDED_SIZES.includes(size) && !isBounded(target)) continue;
        const cost = await costOf(ours, target, { shape, size, isDiagnosed }, hash);
        if (cost) worst.set(scheme, byCost([...(worst.get(scheme) ?? []), cost], isDiagnosed).slice(0, KEPT));
      }
    }
    if (index % 10 === 9)
      step(`${isDiagnosed ? "diagnosed" : "rejected"}: ${index + 1} of ${tried.length} shapes`);
  }
  return [...worst.values()];
}

/**
 * Measures one request.
 * @param hash milliseconds that hashing this body took, by algorithm and number of secrets
 * @returns undefined for a genuine body, which is not a forged request for this scheme
 */
async function costOf(
  ours: Ours,
  target: Target,
  {
    shape,
    size,
    isDiagnosed,
  }: { readonly shape: Shape; readonly size: number; readonly isDiagnosed: boolean },
  hash: Map<string, number>,
): Promise<Cost | undefined> {
  const scheme = target.scheme.id;
  const request = shape.forge(target, size);
  const handle = rejecting(ours, target, request, isDiagnosed);
  const hashing = hashOf(target, request.body);
  const kind = `${hashing.algorithm} ${target.secrets.length}`;
  const hashMs = hash.get(kind) ?? (await timed(hashing.run));
  hash.set(kind, hashMs);
  let isRejected = true;
  const ms = await timed(async () => {
    isRejected = await handle();
  });
  if (!isRejected && shape.name.startsWith("own body")) return undefined;
  if (!isRejected) throw new Error(`${scheme} took ${shape.name}`);
  return { scheme, shape: shape.name, size, ms, hashes: ms / Math.max(hashMs, FLOOR_MS) };
}

/**
 * Returns whether the scheme may read a body before it is verified, up to a size limit: its worst bodies are just below
 * that.
 */
function isBounded({ scheme: { verify } }: Target): boolean {
  return verify.kind === "custom" || JSON.stringify(verify).includes('"payload"');
}

/** Returns a scheme for each way of verifying: a diagnosis depends on it, and not on the names of headers. */
function oneOfEachKind(all: readonly Target[]): readonly Target[] {
  const kinds = new Map<string, Target>();
  for (const target of all) {
    const { id, verify, covers } = target.scheme;
    const { kind } = verify;
    const kept =
      kind === "custom" || kind === "none" || kind === "token" || kind === "basic"
        ? [kind === "custom" ? id : kind]
        : [
            kind,
            "hash" in verify ? verify.hash : verify.algorithm,
            verify.content.map((part) => (typeof part === "string" ? part : part.from)),
            Boolean(verify.signature.at),
          ];
    const key = JSON.stringify([kept, covers]);
    if (!kinds.has(key)) kinds.set(key, target);
  }
  return [...kinds.values()];
}

/** Prints a line for each scheme, the most expensive one first. */
function print(worst: readonly Cost[]): void {
  const number = (value: number, most: number, digits: number) =>
    (value > most ? pc.red : String)(value.toFixed(digits));
  const rows = worst
    .toSorted((a, b) => b.ms - a.ms)
    .map(({ scheme, shape, size, ms, hashes }) => [
      scheme,
      number(ms, MOST_MS, 1),
      number(hashes, MOST_HASHES, 2),
      `${shape}, ${kilobytes(size)}`,
    ]);
  console.error(table(["scheme", "ms", "hashes", "worst shape"], rows));
}

const kilobytes = (bytes: number): string => `${Math.round(bytes / 1024)} KB`;
