import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pc } from "../terminal/colours";
import { CACHE } from "../local/paths";
import { Progress } from "../terminal/progress";
import { withStack } from "../local/with-stack";
import { findK6, runK6 } from "./runner/k6";
import { doubleStageRate, localConfig, warmUp } from "./runner/local";
import { describeLeftOut, limitsOf, makePlan } from "./runner/make-plan";
import { HELP, parseOptions, type Options } from "./runner/options";
import type { Answer, Plan } from "./runner/plan";
import { describeSummary, type Summary } from "./runner/summary";
import { localTarget, remoteTarget, runningTarget, type Target } from "./runner/target";
import { findKnee, isAccepted, judgeBucket, judgeStatuses, latency, type Finding } from "./runner/verdicts";
import { verifyDelivery } from "./verify";

/**
 * Share by which the accepted requests may differ from the token bucket. API Gateway throttles on a best-effort basis.
 */
const TOLERANCE = { local: 0.1, aws: 0.25 };

/** Runs one kind against a target: k6 first, then the proof. @returns the exit code */
async function fire(target: Target, options: Options, progress: Progress): Promise<number> {
  const { kind, expect } = options;
  const k6 = await findK6(progress.step);
  const told = limitsOf(target);
  const { plan, leftOut } = makePlan(kind, target, options.amount, { ...told, stage: expect ?? told.stage });
  // Print to standard error: standard output is for the result.
  if (leftOut.length > 0) console.error(describeLeftOut(leftOut));
  const folder = join(CACHE, "load", plan.run);
  mkdirSync(folder, { recursive: true });
  if (options.changeLimit) await doubleStageRate(target);
  if (target.local && kind !== "spike") {
    progress.step("warming up");
    await warmUp(target, plan);
  }

  progress.step(`k6 runs ${kind} against ${new URL(target.endpoint).host}`);
  const since = Date.now();
  const { checksHeld, answers } = await runScript(k6, plan, folder, options);
  progress.step("looking up what became of each accepted webhook");
  const delivery = await verifyDelivery(target, plan.run, answers, since);
  progress.done();

  const tolerance = options.tolerance ?? (target.local ? TOLERANCE.local : TOLERANCE.aws);
  const findings = [...judgeAnswers(plan, options, answers, checksHeld, tolerance), ...delivery.findings];
  const summary: Summary = {
    run: plan.run,
    ok: findings.every(({ ok }) => ok),
    findings,
    latencyMs: {
      ingest: latency(answers.filter(isAccepted).map(({ ms }) => ms)),
      endToEnd: delivery.endToEnd,
    },
    ...(kind === "breakpoint" && { knee: findKnee(answers) }),
  };
  writeFileSync(join(folder, "summary.json"), `${JSON.stringify(summary, null, 2)}\n`);
  if (options.json) console.log(JSON.stringify(summary));
  else console.log(`${describeSummary(summary)}\n\n${pc.dim(`Reports: ${folder}`)}`);
  return summary.ok ? 0 : 1;
}

async function runScript(
  k6: string,
  plan: Plan,
  folder: string,
  { kind }: Options,
): Promise<{ checksHeld: boolean; answers: readonly Answer[] }> {
  const file = join(folder, "plan.json");
  const answers = join(folder, "answers.jsonl");
  writeFileSync(file, JSON.stringify(plan), { mode: 0o600 });
  try {
    const checksHeld = await runK6({ k6, kind, plan: file, answers, html: join(folder, "report.html") });
    const lines = readFileSync(answers, "utf8").split("\n");
    return {
      checksHeld,
      answers: lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Answer),
    };
  } finally {
    rmSync(file);
  }
}

function judgeAnswers(
  plan: Plan,
  { kind }: Options,
  answers: readonly Answer[],
  checksHeld: boolean,
  tolerance: number,
): Finding[] {
  const checks = {
    ok: checksHeld,
    text: checksHeld ? "k6's checks held" : "k6's checks did not hold, see its summary above",
  };
  switch (kind) {
    case "throttle":
      return [
        checks,
        judgeStatuses(answers, [202, 429]),
        ...plan.senders.map(({ provider, limit }) => judgeBucket(provider, answers, limit, tolerance)),
      ];
    case "spike":
      return [checks, judgeStatuses(answers, [202, 429, 503])];
    case "smoke":
    case "soak":
      return [checks, judgeStatuses(answers, [202])];
    case "breakpoint":
      return [];
  }
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (!options) return console.log(HELP);
  const { where } = options;
  if (where.stack === "own") {
    return withStack({ config: localConfig(options.kind) }, (stack, progress) =>
      fire(localTarget(stack), options, progress),
    );
  }
  const target = where.stack === "remote" ? await remoteTarget(where) : runningTarget();
  process.exitCode = await fire(target, options, new Progress());
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
