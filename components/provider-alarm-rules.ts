import { silenceOf } from "../config";
import { SOURCE_NOT_ALLOWED } from "../functions/domain/source-ranges";
import { ownMetric } from "./alarm-metrics";
import { FIVE_MINUTES, type AlarmRule, type AlarmRules } from "./alarm-rule";
import type { Stages } from "./stages";

/** Number of requests with a wrong signature per provider within five minutes that raises an alarm. */
const MAX_WRONG_SIGNATURES = 10;

/** Returns the rules of alarms on individual providers, by the part of their names. */
export function providerRules(stages: Stages): AlarmRules {
  return Object.fromEntries([...wrongSignatures(stages), ...sourcesNotAllowed(stages), ...silences(stages)]);
}

/**
 * Returns the rules of alarms on silent providers. They count duplicates too, since a provider that retries is not
 * silent. The recovery function counts 0 every minute: without data, a new alarm would not wait as long as one on a
 * provider that stops sending.
 */
function silences(stages: Stages): [string, AlarmRule][] {
  return Object.entries(stages.expected).flatMap(([provider, every]): [string, AlarmRule][] => {
    const silence = silenceOf(every);
    if (!silence) return [];
    const counted = (metricName: string) => ownMetric(stages, metricName, { Provider: provider });
    return [
      [
        `silence-${provider}`,
        {
          description: `No webhook of ${provider} was accepted for ${every}. See webhooks status: with rejected requests its secret is wrong; without any it stopped to send, or disabled the endpoint.`,
          runbook: "silence",
          sumOf: [counted("Accepted"), counted("Duplicate")],
          silence,
        },
      ],
    ];
  });
}

function wrongSignatures(stages: Stages): [string, AlarmRule][] {
  return stages.providers.map((provider): [string, AlarmRule] => [
    `wrong-signatures-${provider}`,
    {
      description: `Requests for ${provider} failed signature verification: a rotated secret, or forged requests. See webhooks rejected list.`,
      runbook: "wrong-signatures",
      metric: ownMetric(stages, "Rejected", { Provider: provider, Reason: "signature_mismatch" }),
      above: MAX_WRONG_SIGNATURES,
      period: FIVE_MINUTES,
    },
  ]);
}

function sourcesNotAllowed(stages: Stages): [string, AlarmRule][] {
  return stages.fromRanges.map((provider): [string, AlarmRule] => [
    `source-not-allowed-${provider}`,
    {
      description: `A verified webhook of ${provider} came from outside its allowedSourceRanges. See webhooks status; correct the ranges, then release it with webhooks rejected release.`,
      runbook: "source-not-allowed",
      metric: ownMetric(stages, "Rejected", { Provider: provider, Reason: SOURCE_NOT_ALLOWED }),
    },
  ]);
}
