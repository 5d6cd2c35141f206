import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "./policy";

/** Returns the inputs of a resource that stores data, with the key that encrypts it. */
type WithKey = (key: string, props: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/**
 * Resources that the key encrypts. The state machine is not among them (an Express one stores neither inputs nor
 * history, and its definition contains no data), nor are the functions' environment and code, which name resources but
 * no secrets.
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
        // Use a bucket key for some time, to avoid a request to KMS for each payload.
        bucketKeyEnabled: true,
      },
    ],
  }),
  "aws:sns/topic:Topic": (kmsMasterKeyId) => ({ kmsMasterKeyId }),
  // Replace the encryption by SQS: a queue accepts only one of the two.
  "aws:sqs/queue:Queue": (kmsMasterKeyId) => ({ kmsMasterKeyId, sqsManagedSseEnabled: undefined }),
};

/**
 * Encrypts the data of a component with a key of the user, and lets its roles use the key. A transformation, like the
 * one for tags, so that no resource is forgotten.
 * @param key ARN of the KMS key
 */
export function encryption(key: string): pulumi.ResourceTransformation {
  return ({ type, props, opts }) => {
    const withKey = ENCRYPTED[type];
    return withKey && { props: { ...props, ...withKey(key, props) }, opts };
  };
}

/**
 * Permissions on the key that a service needs from its caller, by the caller's action.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  "s3:GetObject": ["kms:Decrypt"],
  "s3:PutObject": ["kms:GenerateDataKey"],
  "sqs:ReceiveMessage": ["kms:Decrypt"],
  // Allow Decrypt too: SQS decrypts each new data key once, to verify it.
  "sqs:SendMessage": ["kms:Decrypt", "kms:GenerateDataKey"],
};

/**
 * Permission for all actions of DynamoDB, reads and writes: it decrypts the table's own key, at most every five
 * minutes.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
const NEEDED_BY_DYNAMODB = ["kms:Decrypt"];

/**
 * Adds to a role's policy the permissions on the key that its actions need, each only through the service that it
 * calls.
 */
export function withKeyRights(policy: string, key: string): string {
  const document = JSON.parse(policy) as { Statement: Statement[] };
  const actions = document.Statement.flatMap(({ Action }) => Action);
  const rights = ["dynamodb", "s3", "sqs"].flatMap((service): Statement[] => {
    const needed = actions
      .filter((action) => action.startsWith(`${service}:`))
      .flatMap((action) => (service === "dynamodb" ? NEEDED_BY_DYNAMODB : (NEEDED[action] ?? [])));
    if (needed.length === 0) return [];
    const statement = { Effect: "Allow", Action: [...new Set(needed)].sort(), Resource: key } as const;
    // Match any Region, since the key itself is of one Region, and host names that end with .cn in China.
    const Condition = { StringLike: { "kms:ViaService": `${service}.*.amazonaws.com*` } };
    return [{ Sid: `KeyVia${service}`, ...statement, Condition }];
  });
  return JSON.stringify({ ...document, Statement: [...document.Statement, ...rights] });
}
