import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import type * as aws from "../../components/aws";
import { madeUpName, tagList, type Inputs, type Service } from "./resource";

export const iam: Service = ({ client }) => {
  const sdk = new IAMClient(client);
  return {
    "aws:iam/role:Role": async (inputs: Inputs<aws.iam.RoleArgs>, logicalName) => {
      const name = inputs.name ?? madeUpName(logicalName);
      const { Role } = await sdk.send(
        new CreateRoleCommand({
          RoleName: name,
          AssumeRolePolicyDocument: String(inputs.assumeRolePolicy),
          Tags: tagList(inputs.tags),
        }),
      );
      return { id: name, state: { name, arn: Role?.Arn } };
    },
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": async ({
      role,
      policyArn,
    }: Inputs<aws.iam.RolePolicyAttachmentArgs>) => {
      const RoleName = String(role);
      await sdk.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: policyArn }));
      return { id: `${RoleName}-${policyArn}`, state: {} };
    },
    "aws:iam/rolePolicy:RolePolicy": async (
      { role, policy, name }: Inputs<aws.iam.RolePolicyArgs>,
      logicalName,
    ) => {
      const RoleName = String(role);
      const PolicyName = name ?? madeUpName(logicalName);
      await sdk.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: String(policy) }));
      return { id: `${RoleName}:${PolicyName}`, state: { name: PolicyName } };
    },
  };
};
