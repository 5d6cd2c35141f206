import * as pulumi from "@pulumi/pulumi";
import type { ProviderConfig } from "../config";
import { REJECTED_PREFIX } from "../functions/domain/rejected";
import { bundleFunction } from "./bundle";
import { metricNamespace, type Naming } from "./naming";
import { NodeFunction } from "./node-function";
import type { Statement } from "./policy";

export interface IngestFunctionArgs extends Naming {
  /** Partition of the account, such as `aws` or `aws-us-gov`: part of every ARN. */
  readonly partition: pulumi.Input<string>;
  readonly accountId: pulumi.Input<string>;
  readonly region: pulumi.Input<string>;
  readonly tableName: pulumi.Input<string>;
  readonly tableArn: pulumi.Input<string>;
  readonly bucketName: pulumi.Input<string>;
  readonly bucketArn: pulumi.Input<string>;
  readonly queueUrl: pulumi.Input<string>;
  readonly queueArn: pulumi.Input<string>;
  readonly providers: readonly ProviderConfig[];
  /** Whether requests with a wrong signature are kept in the bucket. @default true */
  readonly quarantine?: boolean;
  /** Days until a webhook's record expires. @default 90 */
  readonly recordRetentionDays?: number;
  /** Invocations at once that are reserved for it, and that it cannot exceed. @default as many as the account has left */
  readonly reservedConcurrency?: pulumi.Input<number | undefined>;
  /** Days that its log is kept. @default 7 */
  readonly logRetentionDays?: number;
}

/** The door: verifies the signature, keeps the payload, claims the record, queues the message, answers. */
export class IngestFunction extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;
  readonly functionArn: pulumi.Output<string>;
  readonly invokeArn: pulumi.Output<string>;

  constructor(name: string, args: IngestFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook-inbox:index:IngestFunction", name, {}, opts);
    const quarantine = args.quarantine ?? true;
    const fn = new NodeFunction(
      name,
      {
        serviceName: args.serviceName,
        environmentSuffix: args.environmentSuffix,
        part: "ingest",
        description: "Verifies webhooks, stores them and queues them",
        code: bundleFunction(
          "functions/ingest/index.ts",
          { PROVIDERS: args.providers.map(known) },
          args.providers.map(({ scheme }) => scheme),
        ),
        environment: {
          METRIC_NAMESPACE: metricNamespace(args),
          TABLE_NAME: args.tableName,
          BUCKET_NAME: args.bucketName,
          QUEUE_URL: args.queueUrl,
          RECORD_RETENTION_DAYS: String(args.recordRetentionDays ?? 90),
          QUARANTINE: String(quarantine),
        },
        permissions: [
          {
            Sid: "RawPayloads",
            Action: "s3:PutObject",
            Resource: pulumi.interpolate`${args.bucketArn}/raw/*`,
          },
          ...(quarantine
            ? [
                {
                  Sid: "Quarantine",
                  Action: "s3:PutObject",
                  Resource: pulumi.interpolate`${args.bucketArn}/${REJECTED_PREFIX}*`,
                },
              ]
            : []),
          { Sid: "Records", Action: "dynamodb:UpdateItem", Resource: args.tableArn },
          { Sid: "Queue", Action: "sqs:SendMessage", Resource: args.queueArn },
          ...secretPermissions(args),
        ],
        reservedConcurrency: args.reservedConcurrency,
        ...(args.logRetentionDays !== undefined && { logRetentionDays: args.logRetentionDays }),
      },
      { parent: this },
    );
    this.functionName = fn.functionName;
    this.functionArn = fn.functionArn;
    this.invokeArn = fn.invokeArn;
    this.registerOutputs({
      functionName: this.functionName,
      functionArn: this.functionArn,
      invokeArn: this.invokeArn,
    });
  }
}

/** What the function's code knows of a provider. */
function known(provider: ProviderConfig) {
  const { name, scheme, secret, verifyToken, url, orderingKey, duplicates, split, allowUnsigned, throttle } =
    provider;
  return {
    name,
    scheme,
    ...(secret && { secret: placeOf(secret) }),
    ...(secret && learns(secret) && { learnsSecret: true }),
    ...(allowUnsigned && { allowUnsigned }),
    ...(verifyToken && { verifyToken: placeOf(verifyToken) }),
    ...(url !== undefined && { url }),
    ...(orderingKey !== undefined && { orderingKey }),
    ...(throttle && { onlyAtItsPath: true }),
    ...(duplicates !== undefined && { duplicates }),
    ...(split && { split }),
  };
}

type SecretPlace = NonNullable<ProviderConfig["secret"]>;

function placeOf(secret: SecretPlace) {
  if (!("ssm" in secret)) return { secretsManager: secret.secretsManager };
  const { ssm, kmsKeyArn } = secret;
  return { ssm, ...(learns(secret) && kmsKeyArn !== undefined && { kmsKeyArn }) };
}

function learns(secret: SecretPlace): boolean {
  return "ssm" in secret && secret.learn === true;
}

/** Reads exactly the configured secrets, and writes only those that a sender is to tell. */
function secretPermissions({ providers, partition, region, accountId }: IngestFunctionArgs): Statement[] {
  const secrets = providers
    .flatMap(({ secret, verifyToken }) => [secret, verifyToken])
    .filter((place) => place !== undefined);
  const learnt = secrets.filter(learns);
  const parameters = secrets.flatMap((secret) => ("ssm" in secret ? [secret.ssm] : []));
  const managed = secrets.flatMap((secret) => ("secretsManager" in secret ? [secret.secretsManager] : []));
  const keysOf = (places: readonly SecretPlace[]) => [
    ...new Set(places.flatMap(({ kmsKeyArn }) => (kmsKeyArn === undefined ? [] : [kmsKeyArn]))),
  ];
  const parameterArn = (path: string) =>
    pulumi.interpolate`arn:${partition}:ssm:${region}:${accountId}:parameter/${path.replace(/^\//, "")}`;
  const statements: Statement[] = [
    {
      Sid: "Parameters",
      Action: "ssm:GetParameters",
      Resource: parameters.map(parameterArn),
    },
    {
      Sid: "LearnSecrets",
      Action: "ssm:PutParameter",
      Resource: learnt.flatMap((secret) => ("ssm" in secret ? [parameterArn(secret.ssm)] : [])),
    },
    {
      Sid: "Secrets",
      Action: "secretsmanager:GetSecretValue",
      // Secrets Manager ends every ARN with six characters of its own.
      Resource: managed.map(
        (secret) =>
          pulumi.interpolate`arn:${partition}:secretsmanager:${region}:${accountId}:secret:${secret}-??????`,
      ),
    },
    // Only for customer managed keys: the services' own keys let their callers decrypt.
    { Sid: "Decrypt", Action: "kms:Decrypt", Resource: keysOf(secrets) },
    { Sid: "Encrypt", Action: "kms:Encrypt", Resource: keysOf(learnt) },
  ];
  return statements.filter(({ Resource }) => Array.isArray(Resource) && Resource.length > 0);
}
