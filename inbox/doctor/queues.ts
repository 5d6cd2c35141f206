import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { queueDepths } from "../queue";
import { count } from "../../terminal/output";
import { ok, problem, type Check } from "./finding";

/** What could not be processed, and what a target of the bus did not take. */
export const queues: Check = {
  name: "queues",
  async examine({ inbox, sqs, outputs }) {
    const { deadLetters } = await queueDepths(inbox);
    const dead = deadLetters.waiting + deadLetters.inFlight;
    const first =
      dead === 0
        ? ok("dead letters", "none")
        : problem(
            "dead letters",
            count(dead, "webhook"),
            "See why: webhooks dlq list. After the fix: webhooks dlq redrive --all",
          );
    const url = outputs.undelivered_queue_url;
    if (url === undefined) return [first];
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
      }),
    );
    const undelivered = Object.values(Attributes ?? {}).reduce((sum, value) => sum + Number(value), 0);
    return [
      first,
      undelivered === 0
        ? ok("undelivered events", "none")
        : problem(
            "undelivered events",
            count(undelivered, "event"),
            `A target of a rule does not take events. Each message of ${url} names the rule, the target and the error in its attributes.`,
          ),
    ];
  },
};
