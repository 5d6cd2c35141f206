import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "./policy";

/** Inputs of a resource that keeps data, with the key that encrypts it. */
type WithKey = (key: string, props: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/**
 * What the key encrypts. Not the state machine: an Express one keeps neither inputs nor history, and its definition has no
 * data; nor the functions' environment and code, which name resources and no secrets.
 */
const ENCRYPTED: Readonly<Record<string, WithKey>> = {
  "aws:cloudwatch/eventBus:EventBus": (kmsKeyIdentifier) => ({ kmsKeyIdentifier }),
  "aws:cloudwatch/logGroup:LogGroup": (kmsKeyId) => ({ kmsKeyId }),
  "aws:dynamodb/table:Table": (kmsKeyArn) => ({ serverSideEncryption: { enabled: true, kmsKeyArn } }),
  "aws:iam/rolePolicy:RolePolicy": (key, { policy }) => ({
    policy: pulumi.output(policy as pulumi.Input<string>).apply((text) => withKeyRights(text, key)),
  }),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (key) => ({
    rules: [
      {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key },
        // One key of the bucket's for a time, and not a request to KMS for each payload.
        bucketKeyEnabled: true,
      },
    ],
  }),
  "aws:sns/topic:Topic": (kmsMasterKeyId) => ({ kmsMasterKeyId }),
  // A queue takes one of the two.
  "aws:sqs/queue:Queue": (kmsMasterKeyId) => ({ kmsMasterKeyId, sqsManagedSseEnabled: undefined }),
};

/**
 * Encrypts with a key of the user's what a component keeps, and lets its roles use the key. Done by a transformation, as
 * tags are, so that no resource is forgotten.
 * @param key ARN of the KMS key
 */
export function encryption(key: string): pulumi.ResourceTransformation {
  return ({ type, props, opts }) => {
    const withKey = ENCRYPTED[type];
    return withKey && { props: { ...props, ...withKey(key, props) }, opts };
  };
}

/**
 * What a service does with the key by the rights of the one who calls it.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  "s3:GetObject": ["kms:Decrypt"],
  "s3:PutObject": ["kms:GenerateDataKey"],
  "sqs:ReceiveMessage": ["kms:Decrypt"],
  // SQS decrypts a new data key once, to see that it is whole.
  "sqs:SendMessage": ["kms:Decrypt", "kms:GenerateDataKey"],
};

/**
 * Reads and writes alike: DynamoDB decrypts the table's own key, every five minutes at most.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
const NEEDED_BY_DYNAMODB = ["kms:Decrypt"];

/** Adds to a role's policy what its own actions need of the key, each through the service that it calls alone. */
export function withKeyRights(policy: string, key: string): string {
  const document = JSON.parse(policy) as { Statement: Statement[] };
  const actions = document.Statement.flatMap(({ Action }) => Action);
  const rights = ["dynamodb", "s3", "sqs"].flatMap((service): Statement[] => {
    const needed = actions
      .filter((action) => action.startsWith(`${service}:`))
      .flatMap((action) => (service === "dynamodb" ? NEEDED_BY_DYNAMODB : (NEEDED[action] ?? [])));
    if (needed.length === 0) return [];
    const statement = { Effect: "Allow", Action: [...new Set(needed)].sort(), Resource: key } as const;
    // The key is of one Region; in China the names end with .cn.
    const Condition = { StringLike: { "kms:ViaService": `${service}.*.amazonaws.com*` } };
    return [{ Sid: `KeyVia${service}`, ...statement, Condition }];
  });
  return JSON.stringify({ ...document, Statement: [...document.Statement, ...rights] });
}
