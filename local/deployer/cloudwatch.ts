import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  PutResourcePolicyCommand,
  PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import type * as aws from "@pulumi/aws";
import { ACCOUNT_ID, REGION } from "../emulator";
import { tagList, type Inputs, type Service } from "./resource";

/** Pulumi keeps EventBridge and CloudWatch Logs in the module `cloudwatch`. */
export const cloudwatch: Service = ({ client }) => {
  const events = new EventBridgeClient(client);
  const logs = new CloudWatchLogsClient(client);
  return {
    "aws:cloudwatch/eventBus:EventBus": async ({ name, tags }: Inputs<aws.cloudwatch.EventBusArgs>) => {
      const { EventBusArn } = await events.send(
        new CreateEventBusCommand({ Name: name, Tags: tagList(tags) }),
      );
      return { id: String(name), state: { arn: EventBusArn } };
    },
    "aws:cloudwatch/eventRule:EventRule": async (inputs: Inputs<aws.cloudwatch.EventRuleArgs>) => {
      const { RuleArn } = await events.send(
        new PutRuleCommand({
          Name: inputs.name,
          Description: inputs.description,
          EventBusName: inputs.eventBusName,
          EventPattern: inputs.eventPattern,
          ScheduleExpression: inputs.scheduleExpression,
          Tags: tagList(inputs.tags),
        }),
      );
      return { id: String(inputs.name), state: { arn: RuleArn } };
    },
    "aws:cloudwatch/eventTarget:EventTarget": async (inputs: Inputs<aws.cloudwatch.EventTargetArgs>) => {
      const Id = `${inputs.rule}-target`;
      const { FailedEntries } = await events.send(
        new PutTargetsCommand({
          Rule: inputs.rule,
          EventBusName: inputs.eventBusName,
          Targets: [
            {
              Id,
              Arn: inputs.arn,
              Input: inputs.input,
              ...(inputs.deadLetterConfig && { DeadLetterConfig: { Arn: inputs.deadLetterConfig.arn } }),
            },
          ],
        }),
      );
      if (FailedEntries?.length) throw new Error(FailedEntries[0]?.ErrorMessage);
      return { id: Id, state: { targetId: Id } };
    },
    "aws:cloudwatch/logGroup:LogGroup": async (inputs: Inputs<aws.cloudwatch.LogGroupArgs>) => {
      await logs.send(new CreateLogGroupCommand({ logGroupName: inputs.name, tags: inputs.tags }));
      await logs.send(
        new PutRetentionPolicyCommand({ logGroupName: inputs.name, retentionInDays: inputs.retentionInDays }),
      );
      return {
        id: String(inputs.name),
        state: { arn: `arn:aws:logs:${REGION}:${ACCOUNT_ID}:log-group:${inputs.name}` },
      };
    },
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": async (
      inputs: Inputs<aws.cloudwatch.LogResourcePolicyArgs>,
    ) => {
      await logs.send(
        new PutResourcePolicyCommand({
          policyName: inputs.policyName,
          policyDocument: String(inputs.policyDocument),
        }),
      );
      return { id: String(inputs.policyName), state: {} };
    },
  };
};
