import { queueDepth, queueDepths } from "../queue";
import { count } from "../text";
import { ok, problem, type Check, type Finding, type Patient } from "./finding";

/** Checks that there are no dead letters and no undelivered events. */
export const queues: Check = {
  name: "queues",
  async examine(patient) {
    const { deadLetters } = await queueDepths(patient);
    const dead = deadLetters.waiting + deadLetters.inFlight;
    return [
      dead === 0
        ? ok("dead letters", "none")
        : problem(
            "dead letters",
            count(dead, "webhook"),
            "See why: webhooks dlq list. After the fix: webhooks dlq redrive --all",
          ),
      ...(await examineUndelivered(patient)),
    ];
  },
};

async function examineUndelivered({ outputs, clients }: Patient): Promise<readonly Finding[]> {
  const what = "undelivered events";
  const url = outputs.undelivered_queue_url;
  if (url === undefined) return [];
  const { waiting, inFlight } = await queueDepth(url, clients.sqs);
  const undelivered = waiting + inFlight;
  if (undelivered === 0) return [ok(what, "none")];
  return [
    problem(
      what,
      count(undelivered, "event"),
      "A target of a rule does not take events. See which and why: webhooks status. After the fix: webhooks replay --undelivered",
    ),
  ];
}
