import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { cachedKeys, fetchText } from "../../functions/adapters/keys";
import { payloadsIn } from "../../functions/adapters/payloads";
import { senderTo } from "../../functions/adapters/queue";
import { claimsIn } from "../../functions/adapters/records";
import type { ReleasePorts } from "../../functions/domain/release";
import { liveSecrets, type StoredSecret } from "../../functions/domain/stored-secrets";
import type { Outputs, StackProvider } from "../outputs";
import { secretStore } from "../secrets";

interface Place {
  readonly outputs: Pick<
    Outputs,
    "s3_bucket_name" | "dynamodb_table_name" | "sqs_queue_url" | "record_retention_days"
  > & { readonly providers: readonly StackProvider[] };
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly ssm: SSMClient;
  readonly secretsManager: SecretsManagerClient;
}

/** What ingestion works with, from here: the same stores in the same way, and the secrets as they are now. */
export function releasePorts({ outputs, dynamodb, s3, sqs, ...stores }: Place): ReleasePorts {
  const read = new Map<string, Promise<readonly StoredSecret[]>>();
  const stored = (name: string): Promise<readonly StoredSecret[]> => {
    const place = outputs.providers.find((provider) => provider.name === name)?.secret;
    const secrets = read.get(name) ?? (place ? secretStore(place, stores).read() : Promise.resolve([]));
    read.set(name, secrets);
    return secrets;
  };
  return {
    secrets: {
      get: async (name) => liveSecrets(await stored(name), Date.now()),
      refresh: () => Promise.resolve(false),
      learn: () => Promise.resolve(false),
    },
    keys: cachedKeys(fetchText, Date.now, () => undefined),
    payloads: payloadsIn(outputs.s3_bucket_name, s3),
    records: claimsIn(outputs.dynamodb_table_name, dynamodb, outputs.record_retention_days),
    queue: senderTo(outputs.sqs_queue_url, sqs),
    now: Date.now,
  };
}
