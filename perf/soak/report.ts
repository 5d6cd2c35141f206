import type { ConsumerJudgement } from "./judge-consumer";
import type { soak } from "./run";

/** Prints a soak's result as a table. @param file name of the file that contains the whole result */
export function print(
  result: Awaited<ReturnType<typeof soak>> & { readonly seed: number },
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
    ["times the inbox paused", result.pauses],
    ["functions killed", result.faults.killed],
    ["attempts answered with an error", result.attemptsAnsweredWithAnError],
    ["of these events of their own", result.ofUnanswered],
    ...result.consumers.flatMap(consumerRows),
    ["deliveries that failed on purpose", result.failedDeliveries],
    ["p99 of the healthy, ms", result.delays.beside.p99],
    ["the same without the bad one", result.delays.alone.p99],
    ["seconds to send", result.sendSeconds.toFixed(0)],
    ["seconds to drain after that", result.drainSeconds.toFixed(0)],
  ];
  for (const [name, value] of rows) console.log(`${name.padEnd(32)} ${value}`);
  for (const problem of result.problems) console.log(`✖ ${problem}`);
  console.log(`seed ${result.seed}; all of it in ${file}`);
}

function consumerRows(of: ConsumerJudgement): [string, string | number][] {
  const { consumer, exhausted } = of;
  return [
    [`${consumer}: handled of wanted`, `${of.handled} of ${of.wanted}`],
    [`${consumer}: lost, out of order`, `${of.lost.length}, ${of.outOfOrder.length}`],
    [`${consumer}: twice, by a crash`, `${of.repeated.length}, ${of.repeatedByACrash}`],
    [`${consumer}: dead-lettered, poison`, of.deadLettered],
    ...(exhausted > 0 ? ([[`${consumer}: the same, by bad luck`, exhausted]] as [string, number][]) : []),
  ];
}
