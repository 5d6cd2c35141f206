import { Command } from "commander";
import { pc } from "../../terminal/colours";
import { table } from "../../terminal/table";
import { examine } from "../../inbox/doctor";
import type { Finding, State } from "../../inbox/doctor/finding";
import { connectTo, withStackOptions, type StackOptions } from "../options/stack";
import { sanitize, note, print } from "../../terminal/output";

interface Options extends StackOptions {
  readonly send: boolean;
  readonly provider?: string;
}

const SHOWN: Readonly<Record<State, string>> = {
  ok: pc.green("ok"),
  warning: pc.yellow("warning"),
  problem: pc.red("PROBLEM"),
  unknown: pc.dim("unknown"),
};

async function doctor(options: Options): Promise<void> {
  const stack = await connectTo(options);
  if (options.send) note("Examining; a test webhook is sent and published like any other ...");
  const findings = await examine({
    ...stack,
    options: {
      send: options.send,
      ...(options.provider !== undefined && { provider: options.provider }),
    },
  });
  const problems = findings.filter(({ state }) => state === "problem");
  print(options, { healthy: problems.length === 0, findings }, () => text(findings));
  if (problems.length > 0) process.exitCode = 1;
}

function text(findings: readonly Finding[]): string {
  const rows = findings.map(({ what, state, found }) => [SHOWN[state], what, sanitize(found)]);
  const fixes = findings.flatMap(({ what, state, fix }) =>
    fix === undefined || state === "ok" ? [] : [`${SHOWN[state]}  ${what}\n  ${sanitize(fix)}`],
  );
  return [
    table(["RESULT", "WHAT", "FOUND"], rows),
    ...(fixes.length > 0 ? ["", "What to do:", ...fixes] : []),
  ].join("\n");
}

/** `webhooks doctor` */
export function doctorCommand(): Command {
  const command = new Command("doctor")
    .description(
      "Examines a deployed stack: clock, secrets, endpoint, a test webhook, breaker, functions, queues, alarms, limits.",
    )
    .option("--no-send", "do not send the test webhook, which consumers of the bus would get")
    .option("--provider <name>", "provider of the test webhook (default: the first with a readable secret)")
    .addHelpText(
      "after",
      `
Examples:
  webhooks doctor
  webhooks doctor --stack dev
  webhooks doctor --stack prod --no-send --json

The test webhook's type is webhook-inbox.doctor, as far as the provider's scheme reads it from the body or a header. The
endpoint is also sent two requests with a wrong signature, which are quarantined like any rejected request.

Exit code 0 if there is no problem; warnings and what cannot be read do not count.`,
    );
  return withStackOptions(command).action(doctor);
}
