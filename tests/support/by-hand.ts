import { DeleteRolePolicyCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  DeleteFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  PutFunctionConcurrencyCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { DescribeStateMachineCommand, SFNClient, UpdateStateMachineCommand } from "@aws-sdk/client-sfn";
import type { Inbox } from "./inbox";

/** Changes deployed resources outside of Pulumi. */
export function byHand({ stack, iam }: Inbox) {
  const { outputs, emulator } = stack;
  const lambda = new LambdaClient(emulator.client);
  const sfn = new SFNClient({ ...emulator.client, disableHostPrefix: true });

  return {
    /** Changes the environment variables of a function. */
    async configure(
      FunctionName: string | undefined,
      change: (variables: Record<string, string>) => Record<string, string>,
    ): Promise<void> {
      const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
      const Variables = change(Environment?.Variables ?? {});
      await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
    },

    reserve: (FunctionName: string, ReservedConcurrentExecutions: number) =>
      lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions })),
    unreserve: (FunctionName: string) => lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName })),

    /** Takes a permission from a function's role. @returns a function that gives it back */
    async deny(FunctionName: string | undefined, Action: string): Promise<() => Promise<unknown>> {
      const { Role } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
      const policy = { RoleName: Role?.split("/").at(-1), PolicyName: "denied-by-hand" };
      const Statement = [{ Effect: "Deny", Action, Resource: "*" }];
      const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
      await iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument }));
      return () => iam.send(new DeleteRolePolicyCommand(policy));
    },

    /** Changes the definition of the workflow. */
    async redefine(change: (definition: string) => string): Promise<void> {
      const stateMachineArn = outputs.state_machine_arn;
      const { definition = "" } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
      expect(change(definition)).not.toBe(definition);
      await sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition: change(definition) }));
    },

    /** Has the processing function read its queue, or not. */
    async readQueue(Enabled: boolean): Promise<void> {
      const FunctionName = outputs.processing_function_name;
      const { EventSourceMappings: [mapping] = [] } = await lambda.send(
        new ListEventSourceMappingsCommand({ FunctionName }),
      );
      await lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping?.UUID, Enabled }));
    },
  };
}
