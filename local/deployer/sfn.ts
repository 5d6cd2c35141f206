import { CreateStateMachineCommand, SFNClient } from "@aws-sdk/client-sfn";
import type * as aws from "../../components/aws";
import type { Inputs, Service } from "./resource";

export const sfn: Service = ({ client }) => {
  const sdk = new SFNClient({ ...client, disableHostPrefix: true });
  return {
    "aws:sfn/stateMachine:StateMachine": async (inputs: Inputs<aws.sfn.StateMachineArgs>) => {
      const logging = inputs.loggingConfiguration;
      const { stateMachineArn } = await sdk.send(
        new CreateStateMachineCommand({
          name: inputs.name,
          type: inputs.type as "EXPRESS",
          roleArn: inputs.roleArn,
          definition: inputs.definition,
          loggingConfiguration: {
            level: logging?.level as "ALL",
            includeExecutionData: logging?.includeExecutionData,
            destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: logging?.logDestination } }],
          },
          tracingConfiguration: { enabled: inputs.tracingConfiguration?.enabled },
          tags: Object.entries(inputs.tags ?? {}).map(([key, value]) => ({ key, value })),
        }),
      );
      return { id: String(stateMachineArn), state: { arn: stateMachineArn } };
    },
  };
};
