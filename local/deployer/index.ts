// Load what the program needs while the emulator starts, instead of later when the program imports it.
import "../../components/aws";
import "asl-validator";
import "esbuild";
import "jsonata";
import "zod";
import * as pulumi from "@pulumi/pulumi";
import type { StackOutputs } from "../../inbox/outputs";
import { ACCOUNT_ID, REGION, type Emulator } from "../emulator";
import { apigateway } from "./apigateway";
import { cloudwatch } from "./cloudwatch";
import { PROJECT, stackConfig, type ConfigValues } from "./config";
import { dynamodb } from "./dynamodb";
import { iam } from "./iam";
import { lambda } from "./lambda";
import type { Create } from "./resource";
import { s3 } from "./s3";
import { sfn } from "./sfn";
import { sns } from "./sns";
import { sqs } from "./sqs";

/** Name of the stack that is deployed to the emulator, configured in `Pulumi.local.yaml`. */
const STACK = "local";

export interface Deployment {
  readonly outputs: StackOutputs;
  /** Number of AWS resources that were created. */
  readonly resources: number;
}

/**
 * Runs the real Pulumi program in this process, with the emulator instead of AWS: creates each resource that it
 * declares through the AWS SDK, in the order given by their inputs. One deployment per process, since a program runs
 * once.
 * @param program loads the program and returns its outputs
 * @throws at the first resource that cannot be created, with its type, its name and AWS's message
 */
export async function deploy(
  emulator: Emulator,
  overrides: ConfigValues = {},
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the program runs when it is loaded
  program: () => object = () => require("../../index") as object,
): Promise<Deployment> {
  const services = [s3, dynamodb, sqs, cloudwatch, iam, lambda, sfn, apigateway, sns];
  const types: Record<string, Create> = Object.assign({}, ...services.map((service) => service(emulator)));
  const failures: string[] = [];
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  let resources = 0;

  async function newResource({ type, name, inputs }: pulumi.runtime.MockResourceArgs) {
    const given = inputs as Record<string, unknown>;
    // Create nothing for components and the stack itself: they do not exist in AWS.
    if (!type.startsWith("aws:")) return { id: `${name}-id`, state: given };
    try {
      const create = types[type];
      if (!create) throw new Error("the local deployer does not know this type; add it in local/deployer/");
      const { id, state } = await create(inputs as never, name);
      resources += 1;
      return { id, state: { ...given, ...state } };
    } catch (error) {
      failures.push(`${type} ${name}: ${error instanceof Error ? error.message : String(error)}`);
      fail(
        new Error(`The program could not be deployed:\n${failures.map((line) => `- ${line}`).join("\n")}`),
      );
      // Never settle, so that no dependent resource is created: a rejection would make Pulumi end this process.
      return new Promise<never>(() => undefined);
    }
  }

  async function runProgram(): Promise<Deployment> {
    const declared = await pulumi.runtime.runInPulumiStack(() => {
      try {
        return Promise.resolve(program() as Record<string, unknown>);
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
        return new Promise<never>(() => undefined);
      }
    });
    // Wait for the resources that the program declared: some may still be in creation when it has ended.
    await pulumi.runtime.disconnect();
    return { outputs: (await resolved(pulumi.output(declared))) as unknown as StackOutputs, resources };
  }

  // Turn off source maps: Pulumi takes a stack trace for every promise, and mapping them all takes a second.
  process.setSourceMapsEnabled(false);
  pulumi.runtime.setAllConfig(stackConfig(STACK, overrides));
  await pulumi.runtime.setMocks({ newResource, call: answer }, PROJECT, STACK, false);
  return Promise.race([runProgram(), failed]);
}

/** Answers the functions of the AWS provider that the program calls. */
function answer({ token }: pulumi.runtime.MockCallArgs): Record<string, unknown> {
  switch (token) {
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return { accountId: ACCOUNT_ID, arn: `arn:aws:iam::${ACCOUNT_ID}:root`, userId: ACCOUNT_ID };
    case "aws:index/getPartition:getPartition":
      return { partition: "aws", dnsSuffix: "amazonaws.com" };
    case "aws:servicequotas/getServiceQuota:getServiceQuota":
      // Return AWS's usual quota of an account, since the emulator has no limit.
      return { value: 1_000 };
    case "aws:index/getRegion:getRegion":
      return { region: REGION, name: REGION };
    default:
      throw new Error(
        `the local deployer does not know the function ${token}; add it in local/deployer/index.ts`,
      );
  }
}

function resolved<T>(output: pulumi.Output<T>): Promise<pulumi.Unwrap<T>> {
  return new Promise((resolve) => output.apply((value) => resolve(value as pulumi.Unwrap<T>)));
}
