import { createHash } from "node:crypto";
import { pc } from "../../terminal/colours";
import { table } from "../../terminal/table";
import { shapes, targets, type Shape, type Target } from "../../tests/support/forged";
import { measureMemory } from "./forged-memory";
import { asDeployed, rejecting, type Ours } from "./forged-request";
import type { Bench, Figure } from "./figure";

/** Bytes of the bodies that every scheme gets: the largest that is taken, and a small one. */
const SIZES = [4_500_000, 64 * 1024];

/** Bytes just below the bounds of the schemes that parse a body before they verify it, for these alone. */
const BOUNDED_SIZES = [1024 * 1024 - 64, 512 * 1024 - 64, 256 * 1024 - 64];

/** Bytes of the largest body that is looked into. */
const DIAGNOSED_SIZE = 256 * 1024 - 64;

/**
 * Hashing a body counts as this many milliseconds at least: a genuine webhook of 5 KB costs 1.3 (`--only cpu`). Without a
 * floor the ratio of a small body would be that of a function call to a hash of microseconds, and forging such requests
 * buys no more than sending real ones.
 */
const FLOOR_MS = 2;

/** What a forged request may cost, in hashes of its body. */
const MOST_HASHES = 3;

/** Milliseconds of processor time that one may cost, diagnosed or not. */
const MOST_MS = 50;

/** Megabytes that one may take at its peak, above a plain request of the same size. */
const MOST_MB = 64;

/**
 * Schemes whose ratio is not held: what they sign is a text inside the body, which has to be decoded before it can be
 * hashed, and genuine ones are too large for a bound that would make that cheap. A message of SNS is JSON that can hold
 * 256 KB of escaped JSON; a form of Mandrill's has an inbound mail with its attachments. The limits in milliseconds and
 * megabytes hold for them as well.
 */
const DECODES_FIRST: readonly string[] = ["aws-sns", "mandrill"];

/** Part of a limit from which a value is measured again; the least of several counts, since other work only adds to it. */
const SUSPICIOUS = 0.8;
const AGAIN = 5;

/** Schemes whose memory is measured: those whose worst request took the most processor time. */
const MEMORY_OF = 12;

interface Cost {
  readonly scheme: string;
  readonly shape: Shape;
  readonly size: number;
  readonly ms: number;
  readonly hashes: number;
}

interface Measured {
  readonly rejected: readonly Cost[];
  readonly diagnosed: readonly Cost[];
  readonly mb: ReadonlyMap<string, number>;
}

let measured: Promise<Measured> | undefined;

/**
 * What a stranger costs: every shape of forged request against every scheme, from the event of API Gateway to the
 * answer, beside hashing the same body as often as there are secrets.
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
    ...all.mb.values(),
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
  const ours = asDeployed();
  const all = targets();
  step(`${all.length} schemes, ${shapes.length} shapes`);
  const rejected = await worstOf(ours, all, false, step);
  print(rejected);
  const diagnosed = await worstOf(ours, all, true, step);
  print(diagnosed);
  const worst = [...rejected.values()].toSorted((a, b) => b.ms - a.ms).slice(0, MEMORY_OF);
  const mb = await measureMemory(
    worst.map(({ scheme, shape, size }) => ({ scheme, shape: shape.name, size })),
  );
  for (const { scheme, shape, size } of worst)
    step(`${scheme}: ${mb.get(scheme)?.toFixed(0)} MB (${shape.name}, ${kilobytes(size)})`);
  return { rejected: [...rejected.values()], diagnosed: [...diagnosed.values()], mb };
}

/** The worst cost of each scheme. Shapes are the outer loop, so that one body serves all schemes. */
async function worstOf(
  ours: Ours,
  all: readonly Target[],
  isDiagnosed: boolean,
  step: (text: string) => void,
): Promise<ReadonlyMap<string, Cost>> {
  const worst = new Map<string, Cost>();
  const value = ({ ms, hashes }: Cost) => (isDiagnosed ? ms : hashes);
  const attacked = isDiagnosed ? oneOfEachKind(all) : all;
  // What a diagnosis costs is in the body.
  const tried = isDiagnosed
    ? shapes.filter(({ name }) => !/header|query|signatures, after/.test(name))
    : shapes;
  for (const [index, shape] of tried.entries()) {
    const hash = new Map<string, number>();
    for (const size of isDiagnosed ? [DIAGNOSED_SIZE] : [...SIZES, ...BOUNDED_SIZES]) {
      hash.clear();
      for (const target of attacked) {
        const scheme = target.scheme.id;
        if (BOUNDED_SIZES.includes(size) && !isBounded(target)) continue;
        const request = shape.forge(target, size);
        const handle = rejecting(ours, target, request, isDiagnosed);
        let isRejected = true;
        const reject = async () => {
          isRejected = await handle();
        };
        const hashing = hashOf(target, request.body);
        const kind = `${hashing.algorithm} ${target.secrets.length}`;
        const cost = async (times: number): Promise<Cost> => {
          let ms = Infinity;
          for (let time = 0; time < times; time += 1) {
            if (time > 0 || !hash.has(kind))
              hash.set(kind, Math.min(hash.get(kind) ?? Infinity, await timed(hashing.run)));
            ms = Math.min(ms, await timed(reject));
          }
          const hashes = ms / Math.max(hash.get(kind) ?? 0, FLOOR_MS);
          return { scheme, shape, size, ms, hashes };
        };
        let one = await cost(1);
        if (!isRejected && shape.name.startsWith("own body")) continue;
        if (!isRejected) throw new Error(`${scheme} took ${shape.name}`);
        const known = worst.get(scheme);
        const isSuspicious =
          one.ms > SUSPICIOUS * MOST_MS || (!isDiagnosed && one.hashes > SUSPICIOUS * MOST_HASHES);
        if (isSuspicious && (!known || value(one) > value(known))) one = await cost(AGAIN);
        if (!known || value(one) > value(known)) worst.set(scheme, one);
      }
    }
    if (index % 10 === 9) {
      const [most] = [...worst.values()].toSorted((a, b) => value(b) - value(a));
      step(
        `${isDiagnosed ? "diagnosed" : "rejected"}: ${index + 1} shapes; worst ${most?.scheme} ${most?.ms.toFixed(1)} ms, ${most?.hashes.toFixed(2)} hashes (${most?.shape.name}, ${most?.size} bytes)`,
      );
    }
  }
  return worst;
}

/** Whether the scheme may read a body before it is proved, with a bound, below which its worst bodies are. */
function isBounded({ scheme: { verify } }: Target): boolean {
  return verify.kind === "custom" || JSON.stringify(verify).includes('"payload"');
}

/** A scheme for each way of verifying: a diagnosis depends on it, and not on the names of headers. */
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

/** Hashes the body as its scheme does, once for each secret. */
function hashOf({ scheme: { verify }, secrets }: Target, body: Buffer) {
  const isSha512 =
    ("hash" in verify && verify.hash === "sha512") ||
    (verify.kind === "public-key" && verify.algorithm === "ed25519") ||
    (verify.kind === "custom" && /Ed25519|RS512/.test(verify.proof));
  const algorithm = isSha512 ? "sha512" : "sha256";
  const run = () => {
    secrets.forEach(() => createHash(algorithm).update(body).digest());
  };
  return { algorithm, run };
}

/** Milliseconds of processor time of all threads: what other processes take meanwhile is not in it. */
async function timed(work: () => void | Promise<void>): Promise<number> {
  const started = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1_000;
}

/** A line for each scheme, the most expensive one first. */
function print(worst: ReadonlyMap<string, Cost>): void {
  const number = (value: number, most: number, digits: number) =>
    (value > most ? pc.red : String)(value.toFixed(digits));
  const rows = [...worst.values()]
    .toSorted((a, b) => b.ms - a.ms)
    .map(({ scheme, shape, size, ms, hashes }) => [
      scheme,
      number(ms, MOST_MS, 1),
      number(hashes, MOST_HASHES, 2),
      `${shape.name}, ${kilobytes(size)}`,
    ]);
  console.error(table(["scheme", "ms", "hashes", "worst shape"], rows));
}

const kilobytes = (bytes: number): string => `${Math.round(bytes / 1024)} KB`;
