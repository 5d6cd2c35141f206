import type { ExecutionLogLevel } from "../aws-limits";
import type { TLS_POLICIES } from "./domain";
import type { ConfiguredScheme } from "../providers";
import type { ProviderInWorkflow } from "../statemachines/provider";

/** A token bucket: its burst, and the requests per second at which it is refilled. */
export interface Throttle {
  /** Requests at once, 1 to 5,000. */
  readonly burst: number;
  /** Requests per second in the long run, 1 to 10,000. */
  readonly rate: number;
}

/** A parameter of SSM Parameter Store, a SecureString. */
export interface SsmSecretRef {
  /** Name of the parameter, which begins with `/`. */
  readonly ssm: string;
  /** ARN of the KMS key that encrypts it, if that is a key of your own. */
  readonly kmsKeyArn?: string | undefined;
  /** Whether the provider delivers the secret in a handshake; until then the parameter holds `learn`. */
  readonly learn?: boolean | undefined;
}

/** A secret of AWS Secrets Manager. */
export interface SecretsManagerRef {
  /** Name of the secret, without an ARN. */
  readonly secretsManager: string;
  /** ARN of the KMS key that encrypts it, if that is a key of your own. */
  readonly kmsKeyArn?: string | undefined;
}

/** The name under which a secret is stored, never the secret. It is read when a webhook arrives, so it may be stored later. */
export type SecretRef = SsmSecretRef | SecretsManagerRef;

/**
 * How events whose webhooks did not arrive are found and recovered: by comparing what the provider's API lists with the
 * records. For Stripe, GitHub, Svix and, of its subscriptions alone, Shopify.
 */
export interface ReconcileArgs {
  /** Key of the provider's API; docs/reconcile.md says which rights it needs. */
  readonly apiKey: SecretRef;
  /** Period, 5m to 7d. @default 15m */
  readonly every?: string | undefined;
  /** Age at which an event without a record counts as missing, 1m to 7d. @default 15m */
  readonly settle?: string | undefined;
  /** Stripe: id of the webhook endpoint, `we_...`. Svix: id of the endpoint. */
  readonly endpoint?: string | undefined;
  /** Stripe: connected account whose events are compared, `acct_...`. */
  readonly account?: string | undefined;
  /** GitHub: `<owner>/<name>` of the repository that has the hook. */
  readonly repository?: string | undefined;
  /** GitHub: the organization that has the hook. */
  readonly organization?: string | undefined;
  /** GitHub: id of the hook, which is the end of its page's address. */
  readonly hook?: number | undefined;
  /** GitHub: client id of the app that has the hook; the key is its private key. Svix: id of the application. */
  readonly app?: string | undefined;
  /** Shopify: `<name>.myshopify.com`. */
  readonly shop?: string | undefined;
}

/** A provider, which sends webhooks to `<endpoint>/<name>`. */
export interface ProviderArgs extends ProviderInWorkflow {
  /**
   * Name in the path and in the events' source `webhook.<name>`: 1 to 32 characters a-z, 0-9 and -, the first a letter.
   */
  readonly name: string;
  /** Id of its signature scheme, such as `stripe`, which docs/providers.md lists; or one of your own, see docs/own-schemes.md. */
  readonly scheme: ConfiguredScheme;
  /** Signing secret. Required, unless the scheme signs nothing. */
  readonly secret?: SecretRef | undefined;
  /** Token that you chose and entered at the provider, for its handshake. Only for schemes that ask for one. */
  readonly verifyToken?: SecretRef | undefined;
  /** Address of the endpoint as entered at the provider, for schemes that sign it, if it differs from the API's own. */
  readonly url?: string | undefined;
  /** Accepts unsigned requests, which anybody can send. Required by schemes that sign nothing, rejected for others. */
  readonly allowUnsigned?: boolean | undefined;
  /**
   * Addresses that its webhooks come from, as CIDR ranges of IPv4 and IPv6, such as `203.0.113.0/24`. A verified webhook from
   * elsewhere is answered 403, quarantined, and raises an alarm. Handshakes are answered everywhere. @default any address
   */
  readonly allowedSourceRanges?: readonly string[] | undefined;
  /** `body`: events without a signed id of their own are deduplicated by their body. @default the scheme's own rules */
  readonly duplicates?: "body" | undefined;
  /**
   * Splits a request with several events into one event each, for schemes that define where they are.
   * @default false
   */
  readonly split?: boolean | undefined;
  /**
   * Dotted paths into the payload whose values are blank in the event, for the bus, consumers and logs; `*` stands for
   * every element of a list, such as `data.items.*.card`. Texts become `[redacted]`, others null. The payload in S3
   * stays whole.
   * @default none, except fields in which the scheme has a secret
   */
  readonly redact?: readonly string[] | undefined;
  /**
   * Longest usual time without a webhook, such as `6h`; a longer one raises an alarm. 5m to 24h in steps of five
   * minutes, up to 7d in steps of an hour.
   * @default silence raises no alarm
   */
  readonly expectEvery?: string | undefined;
  /** Recovers events whose webhooks did not arrive. @default events are not compared */
  readonly reconcile?: ReconcileArgs | undefined;
  /** Throttle limit of this provider. The provider is then accepted at its own path only, not at the common one. */
  readonly throttle?: Throttle | undefined;
}

/** A FIFO queue that you read yourself. */
export interface QueueConsumerArgs {
  /** Seconds for which a received message is hidden from other receivers, 0 to 43,200. @default 180 */
  readonly visibilityTimeoutSeconds?: number | undefined;
}

/**
 * A Lambda function that Lambda invokes with the queue's messages. It must return `batchItemFailures` with the first
 * failed message and all behind it. Its role needs `sqs:ReceiveMessage`, `sqs:DeleteMessage` and
 * `sqs:GetQueueAttributes` on the queue.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export interface LambdaConsumerArgs {
  /** ARN of the function, or of a version or alias of it. */
  readonly arn: string;
  /** Time-out of the function, in seconds; messages are hidden for six times as long, as AWS advises. @default 30 */
  readonly timeoutSeconds?: number | undefined;
  /**
   * Maximum messages per invocation, 1 to 10. With more than one, a failure delays those of other groups too.
   * @default 1
   */
  readonly batchSize?: number | undefined;
  /** Maximum concurrent batches, 2 to 1,000. @default one for each group that has messages */
  readonly maximumConcurrency?: number | undefined;
}

/**
 * A server that is called with each event: in order within a group, groups in parallel. A 2xx answer is success; 410
 * pauses the consumer; after any other answer the event is sent again after 5 and 30 seconds, 2, 10 and 30 minutes, 1,
 * 2, 4 and 8 hours, or when `Retry-After` says.
 */
export interface HttpConsumerArgs {
  /**
   * Address of the server: `https://`; on the local stack also `http://localhost`. Private addresses are never called.
   */
  readonly url: string;
  /** Secret that signs the requests: the consumer's own, not a provider's. */
  readonly secret: SecretRef;
  /**
   * `cloudevent`: the event in CloudEvents' structured mode, signed by Standard Webhooks. `original`: body and headers as
   * the provider sent them, signed again by the provider's scheme, so that a handler with the provider's library works
   * unchanged. @default cloudevent
   */
  readonly as?: "cloudevent" | "original" | undefined;
  /** Maximum calls per second, 1 to 1,000. @default no limit */
  readonly rate?: number | undefined;
  /** Maximum concurrent calls, 2 to 1,000. @default 10 */
  readonly concurrency?: number | undefined;
  /** Seconds within which the server must answer, 1 to 25. @default 15 */
  readonly timeoutSeconds?: number | undefined;
  /** Attempts before `onFailure` applies, 1 to 1,000. @default 10, in about 16 hours */
  readonly maxAttempts?: number | undefined;
  /**
   * What happens after the last attempt: `dead-letter` moves the event to the consumer's dead-letter queue and
   * continues, `block` sends it again every hour while those behind it in its group wait.
   * @default dead-letter
   */
  readonly onFailure?: "dead-letter" | "block" | undefined;
}

/**
 * A consumer: code of yours that gets events in order, from a FIFO queue of its own. Exactly one of `queue`, `lambda` and
 * `http`.
 */
export interface ConsumerArgs {
  /** Part of its queue's name: 1 to 16 characters a-z, 0-9 and -, the first a letter. */
  readonly name: string;
  /**
   * JSONata over the published event; the consumer gets the events for which it is true. An event whose payload travels
   * by reference has `dataref` and no `data`.
   * @default all events
   */
  readonly when?: string | undefined;
  readonly queue?: QueueConsumerArgs | undefined;
  readonly lambda?: LambdaConsumerArgs | undefined;
  readonly http?: HttpConsumerArgs | undefined;
}

/** A domain of your own, at whose root the API answers: `https://<name>/webhook/<provider>`. */
export interface DomainArgs {
  /** Name of the domain, such as `hooks.example.com`. */
  readonly name: string;
  /** ARN of the domain's certificate in ACM, in the inbox's Region. */
  readonly certificateArn: string;
  /** Id of the hosted zone of Route 53 that gets a record for it. @default none: you point the name to `domain_target` */
  readonly hostedZoneId?: string | undefined;
  /** Security policy: the minimum TLS version and its ciphers. @default TLS_1_2 */
  readonly tlsPolicy?: (typeof TLS_POLICIES)[number] | undefined;
  /**
   * PEM file in S3 with the certificate authorities of the client certificates that are accepted: mutual TLS, for every
   * provider.
   * @default no client certificate
   */
  readonly truststoreUri?: string | undefined;
  /**
   * Whether API Gateway's own address is disabled. With a truststore it always is.
   * @default false: a provider that still sends there loses nothing
   */
  readonly disableExecuteApiEndpoint?: boolean | undefined;
}

/**
 * Arguments of a {@link WebhookInbox}. They are plain values and not outputs of other resources, since they are checked
 * before anything is created and become part of the functions' code.
 */
export interface WebhookInboxArgs {
  /** Providers that send webhooks; each gets a path, a rule of the bus and an alarm. */
  readonly providers: readonly ProviderArgs[];
  /** Consumers that get events in order, in addition to the bus; at most 50. @default none */
  readonly consumers?: readonly ConsumerArgs[];
  /** First part of every physical name, 2 to 20 characters a-z, 0-9 and -. @default webhook-inbox */
  readonly serviceName?: string;
  /** Last part of every physical name, 1 to 16 characters a-z, 0-9 and -. @default the stack's name */
  readonly environmentSuffix?: string;
  /** Burst limit of each path, in requests, 1 to 5,000. @default 5000 */
  readonly throttleBurstLimit?: number;
  /** Sustained rate limit of each path, in requests per second, 1 to 10,000. @default 10000 */
  readonly throttleRateLimit?: number;
  /** Days for which every log group keeps its events: one of the periods that CloudWatch Logs supports. @default 7 */
  readonly logRetentionDays?: number;
  /** Days after which raw payloads of 128 KB and more move to S3 Glacier Flexible Retrieval, 1 to 3,650. @default 30 */
  readonly glacierAfterDays?: number;
  /**
   * Whether smaller payloads are moved, too. Moving one costs as much as storing it for years, and Glacier adds 40 KB
   * to it.
   * @default false
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
   */
  readonly archiveSmallPayloads?: boolean;
  /** Days after which raw payloads are deleted, 1 to 3,650, so that they can no longer be replayed. @default never */
  readonly payloadRetentionDays?: number | undefined;
  /** Days for which the record of a webhook stays in the table, 1 to 3,650. @default 90 */
  readonly recordRetentionDays?: number;
  /** Which events of the workflow's executions are logged. The console draws an execution's path only at ALL. @default ALL */
  readonly executionLogLevel?: ExecutionLogLevel;
  /**
   * Whether that log contains inputs and outputs, and with them payloads; each payload is billed four times.
   * @default false
   */
  readonly executionLogData?: boolean;
  /** Whether the example consumer's log keeps the events' `data`, and with it payloads. @default false */
  readonly eventLogData?: boolean;
  /** Whether requests with a wrong signature are kept for seven days. @default true */
  readonly quarantine?: boolean;
  /** A domain of your own. @default API Gateway's address */
  readonly domain?: DomainArgs | undefined;
  /** ARN of a web ACL of AWS WAF in the inbox's Region, for every address of the API. @default none */
  readonly webAclArn?: string | undefined;
  /**
   * ARN of your symmetric KMS key, in the inbox's Region, that encrypts stored data: the bucket, the table, queues, log
   * groups, the bus and the topic of alarms. docs/production.md has the key's policy.
   * @default keys of AWS
   */
  readonly kmsKeyArn?: string | undefined;
  /** ARN of your managed policy that limits the permissions of each of the inbox's roles. @default none */
  readonly permissionsBoundaryArn?: string | undefined;
  /** Whether the table can be restored to any second of the last 35 days, which DynamoDB bills by its size. @default false */
  readonly pointInTimeRecovery?: boolean;
  /** Whether Pulumi protects the table, the bucket and the queues from deletion. @default true */
  readonly protect?: boolean;
  /** Whether API Gateway also counts per method; CloudWatch bills some five metrics for each. @default false */
  readonly detailedMetrics?: boolean;
  /** Concurrent invocations reserved for ingestion, which also limit it. @default as many as the account has left */
  readonly ingestReservedConcurrency?: number | undefined;
  /**
   * Concurrent invocations reserved for processing, at least 2, which also limit it.
   * @default as many as the account has left
   */
  readonly processReservedConcurrency?: number | undefined;
  /** Maximum number of batches processed concurrently, 2 to 1,000. @default a quarter of the account's concurrency */
  readonly processMaximumConcurrency?: number | undefined;
  /**
   * Email address to subscribe to the stack's own topic of alarms, which is the output `alarm_topic_arn`.
   * @default none
   */
  readonly alarmEmail?: string | undefined;
  /** ARN of your own topic that alarms also notify, in the inbox's Region. @default none */
  readonly alarmTopicArn?: string | undefined;
}
