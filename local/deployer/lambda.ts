import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  LambdaClient,
  PutFunctionConcurrencyCommand,
  type Architecture,
  type FunctionResponseType,
  type Runtime,
} from "@aws-sdk/client-lambda";
import type * as aws from "../../components/aws";
import * as pulumi from "@pulumi/pulumi";
import { strToU8, zipSync } from "fflate";
import { REGION } from "../emulator";
import type { Inputs, Service } from "./resource";

/** Modification time of archived files: constant, so that the same code gives the same archive. */
const MTIME = "2020-01-01";

export const lambda: Service = ({ client }) => {
  const sdk = new LambdaClient(client);
  return {
    "aws:lambda/function:Function": async (inputs: Inputs<aws.lambda.FunctionArgs>) => {
      const { FunctionArn } = await sdk.send(
        new CreateFunctionCommand({
          FunctionName: inputs.name,
          Description: inputs.description,
          Role: inputs.role,
          Runtime: inputs.runtime as Runtime,
          Architectures: inputs.architectures as Architecture[],
          Handler: inputs.handler,
          MemorySize: inputs.memorySize,
          Timeout: inputs.timeout,
          Code: { ZipFile: await zip(inputs.code) },
          Environment: { Variables: inputs.environment?.variables },
          TracingConfig: { Mode: inputs.tracingConfig?.mode as "Active" },
          Tags: inputs.tags,
        }),
      );
      const reserved = inputs.reservedConcurrentExecutions;
      if (reserved !== undefined) {
        await sdk.send(
          new PutFunctionConcurrencyCommand({
            FunctionName: inputs.name,
            ReservedConcurrentExecutions: reserved,
          }),
        );
      }
      const invokeArn = `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations`;
      return { id: String(inputs.name), state: { arn: FunctionArn, invokeArn } };
    },
    "aws:lambda/permission:Permission": async (inputs: Inputs<aws.lambda.PermissionArgs>) => {
      // Give each source a permission of its own: an API's method (`<api>/<stage>/<method>/<path>`) or a rule
      // (`rule/<name>`).
      const [, second, third] = String(inputs.sourceArn).split("/");
      const scope = third ?? second;
      const StatementId = [inputs.principal, scope]
        .filter(Boolean)
        .join("-")
        .replaceAll(/[^A-Za-z0-9-]/g, "-");
      await sdk.send(
        new AddPermissionCommand({
          FunctionName: String(inputs.function),
          StatementId,
          Action: inputs.action,
          Principal: inputs.principal,
          SourceArn: inputs.sourceArn,
        }),
      );
      return { id: StatementId, state: {} };
    },
    "aws:lambda/eventSourceMapping:EventSourceMapping": async (
      inputs: Inputs<aws.lambda.EventSourceMappingArgs>,
    ) => {
      const { UUID, EventSourceMappingArn } = await sdk.send(
        new CreateEventSourceMappingCommand({
          EventSourceArn: inputs.eventSourceArn,
          FunctionName: inputs.functionName,
          BatchSize: inputs.batchSize,
          ...(inputs.scalingConfig && {
            ScalingConfig: { MaximumConcurrency: inputs.scalingConfig.maximumConcurrency },
          }),
          FunctionResponseTypes: inputs.functionResponseTypes as FunctionResponseType[],
        }),
      );
      return { id: String(UUID), state: { uuid: UUID, arn: EventSourceMappingArn } };
    },
  };
};

async function zip(code: unknown): Promise<Uint8Array> {
  if (!pulumi.asset.AssetArchive.isInstance(code)) throw new Error("its code is not an AssetArchive");
  const files: Record<string, Uint8Array> = {};
  for (const [name, asset] of Object.entries(await (code as pulumi.asset.AssetArchive).assets)) {
    if (!pulumi.asset.StringAsset.isInstance(asset))
      throw new Error(`${name} in its code is not a StringAsset`);
    files[name] = strToU8(await (asset as pulumi.asset.StringAsset).text);
  }
  // Skip compression: the archive does not leave this machine.
  return zipSync(files, { mtime: MTIME, level: 0 });
}
