import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import type * as aws from "@pulumi/aws";
import { tagList, type Inputs, type Service } from "./resource";

export const iam: Service = ({ client }) => {
  const sdk = new IAMClient(client);
  return {
    "aws:iam/role:Role": async (inputs: Inputs<aws.iam.RoleArgs>) => {
      const { Role } = await sdk.send(
        new CreateRoleCommand({
          RoleName: inputs.name,
          AssumeRolePolicyDocument: String(inputs.assumeRolePolicy),
          Tags: tagList(inputs.tags),
        }),
      );
      for (const PolicyArn of inputs.managedPolicyArns ?? []) {
        await sdk.send(new AttachRolePolicyCommand({ RoleName: inputs.name, PolicyArn }));
      }
      return { id: String(inputs.name), state: { arn: Role?.Arn } };
    },
    "aws:iam/rolePolicy:RolePolicy": async ({ role, policy }: Inputs<aws.iam.RolePolicyArgs>) => {
      const RoleName = String(role);
      const PolicyName = `${RoleName}-policy`;
      await sdk.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: String(policy) }));
      return { id: `${RoleName}:${PolicyName}`, state: { name: PolicyName } };
    },
  };
};
