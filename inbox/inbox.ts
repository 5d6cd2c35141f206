import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { Outputs } from "./outputs";

/** The stack's outputs that lead to a webhook's traces. */
export type InboxOutputs = Omit<Outputs, "alarm_names">;

/** Where AWS is: the real one for a Region, or an emulator at one address. */
export interface Place {
  readonly region: string;
  /** Of an emulator; not set for AWS. */
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** An inbox that runs somewhere, with what it takes to look into it. */
export interface Inbox {
  readonly outputs: InboxOutputs;
  readonly region: string;
  /** Runs on an emulator, where executions are read from their history. */
  readonly emulated: boolean;
  readonly clients: ReturnType<typeof createClients>;
}

export function inboxAt(outputs: InboxOutputs, place: Place): Inbox {
  const emulated = place.endpoint !== undefined;
  return { outputs, region: place.region, emulated, clients: createClients(place, emulated) };
}

function createClients(place: Place, emulated: boolean) {
  return {
    dynamodb: new DynamoDBClient(place),
    s3: new S3Client({ ...place, forcePathStyle: emulated }),
    sqs: new SQSClient(place),
    sfn: new SFNClient({ ...place, disableHostPrefix: emulated }),
    logs: new CloudWatchLogsClient(place),
    events: new EventBridgeClient(place),
    metrics: new CloudWatchClient(place),
    ssm: new SSMClient(place),
    secretsManager: new SecretsManagerClient(place),
  };
}

/** Name of the bus. */
export function busName({ eventbridge_bus_arn: arn }: InboxOutputs): string {
  return arn.split("/").at(-1) ?? "";
}
