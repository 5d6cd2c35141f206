import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type * as aws from "../../components/aws";
import { withoutTlsRule } from "../gaps/without-tls";
import type { Inputs, Service } from "./resource";

/** SQS attributes that are passed as text, by their names in Pulumi. */
const ATTRIBUTES = {
  fifoQueue: "FifoQueue",
  contentBasedDeduplication: "ContentBasedDeduplication",
  deduplicationScope: "DeduplicationScope",
  fifoThroughputLimit: "FifoThroughputLimit",
  messageRetentionSeconds: "MessageRetentionPeriod",
  maxMessageSize: "MaximumMessageSize",
  visibilityTimeoutSeconds: "VisibilityTimeout",
  redrivePolicy: "RedrivePolicy",
  sqsManagedSseEnabled: "SqsManagedSseEnabled",
} as const;

export const sqs: Service = ({ client }) => {
  const sdk = new SQSClient(client);
  return {
    "aws:sqs/queue:Queue": async (inputs: Inputs<aws.sqs.QueueArgs>) => {
      const Attributes = Object.fromEntries(
        Object.entries(ATTRIBUTES).flatMap(([key, attribute]) => {
          const value = inputs[key as keyof typeof ATTRIBUTES];
          return value === undefined ? [] : [[attribute, String(value)]];
        }),
      );
      const { QueueUrl } = await sdk.send(
        new CreateQueueCommand({ QueueName: inputs.name, Attributes, tags: inputs.tags }),
      );
      const { Attributes: made } = await sdk.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
      );
      return { id: String(QueueUrl), state: { url: QueueUrl, arn: made?.["QueueArn"] } };
    },
    "aws:sqs/queuePolicy:QueuePolicy": async ({ queueUrl, policy }: Inputs<aws.sqs.QueuePolicyArgs>) => {
      const Policy = withoutTlsRule(policy);
      if (Policy)
        await sdk.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl, Attributes: { Policy } }));
      return { id: queueUrl, state: {} };
    },
  };
};
