import type { judge } from "./judge";

/** Prints a soak's result as a table. @param file where all of it is */
export function print(
  result: ReturnType<typeof judge> & {
    seed: number;
    duplicatesSent: number;
    attemptsAnsweredWithAnError: number;
    faults: { injected: number; calls: number; killed: number };
    sendSeconds: number;
    drainSeconds: number;
    problems: readonly string[];
  },
  file: string,
): void {
  const rows: [string, string | number][] = [
    ["requests accepted", result.requests],
    ["of these sent again", result.duplicatesSent],
    ["events owed", result.accepted],
    ["published", result.published],
    ["published twice", result.duplicatesOnBus.length],
    ["lost", result.lost.length],
    ["out of order", result.outOfOrder.length],
    ["poison, dead-lettered", result.deadLettered.expected],
    ["healthy, dead-lettered", result.deadLettered.healthy.length],
    ["calls to AWS by the functions", result.faults.calls],
    ["of these failed on purpose", result.faults.injected],
    ["functions killed", result.faults.killed],
    ["attempts answered with an error", result.attemptsAnsweredWithAnError],
    ["of these events of their own", result.ofUnanswered],
    ["seconds to send", result.sendSeconds.toFixed(0)],
    ["seconds to drain after that", result.drainSeconds.toFixed(0)],
  ];
  for (const [name, value] of rows) console.log(`${name.padEnd(32)} ${value}`);
  for (const problem of result.problems) console.log(`✖ ${problem}`);
  console.log(`seed ${result.seed}; all of it in ${file}`);
}

/** Milliseconds as whole seconds. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(0)} s`;
}
