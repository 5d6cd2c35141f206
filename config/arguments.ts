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
  /** Age from which an event without a record is missing, 1m to 7d. @default 15m */
  readonly settle?: string | undefined;
  /** Stripe: id of the webhook endpoint, `we_...`. Svix: id of the endpoint. */
  readonly endpoint?: string | undefined;
  /** Stripe: connected account whose events are compared, `acct_...`. */
  readonly account?: string | undefined;
  /** GitHub: `<owner>/<name>` of the repository that has the hook. */
  readonly repository?: string | undefined;
  /** GitHub: the organization that has the hook. */
  readonly organization?: string | undefined;
  /** GitHub: id of the hook, with which its page's address ends. */
  readonly hook?: number | undefined;
  /** GitHub: client id of the app that has the hook; the key is its private key. Svix: id of the application. */
  readonly app?: string | undefined;
  /** Shopify: `<name>.myshopify.com`. */
  readonly shop?: string | undefined;
}

/** A provider: who sends webhooks to `<endpoint>/<name>`. */
export interface ProviderArgs extends ProviderInWorkflow {
  /** Its part of the path and of the events' source `webhook.<name>`: 1 to 32 characters a-z, 0-9 and -, the first a letter. */
  readonly name: string;
  /** Id of its signature scheme, such as `stripe`, which docs/providers.md lists; or one of your own, see docs/own-schemes.md. */
  readonly scheme: ConfiguredScheme;
  /** Signing secret. Required, unless the scheme signs nothing. */
  readonly secret?: SecretRef | undefined;
  /** Token that you chose and entered at the provider, for its handshake. Only for schemes that ask for one. */
  readonly verifyToken?: SecretRef | undefined;
  /** Address that was entered at the provider, for schemes that sign it, if it is not the API's own. */
  readonly url?: string | undefined;
  /** Accepts what anybody can send. Required by schemes that sign nothing, rejected for others. */
  readonly allowUnsigned?: boolean | undefined;
  /**
   * Addresses that its webhooks come from, as CIDR ranges of IPv4 and IPv6, such as `203.0.113.0/24`. A verified webhook from
   * elsewhere is answered 403, quarantined, and raises an alarm. Handshakes are answered everywhere. @default any address
   */
  readonly allowedSourceRanges?: readonly string[] | undefined;
  /** `body`: events without a signed id of their own are deduplicated by their body. @default the scheme's own rules */
  readonly duplicates?: "body" | undefined;
  /** Makes one event of each that a request holds, for schemes that say where they are. @default false */
  readonly split?: boolean | undefined;
  /**
   * Dotted paths into the payload whose values are blank in the event, for the bus, consumers and logs; `*` stands for every
   * element of a list, such as `data.items.*.card`. Texts become `[redacted]`, others null. The payload in S3 stays whole.
   * @default none but where the scheme has a secret in the body
   */
  readonly redact?: readonly string[] | undefined;
  /**
   * Longest time without a webhook that is usual, such as `6h`; a longer one raises an alarm. 5m to 24h in steps of five
   * minutes, up to 7d in steps of an hour. @default silence raises none
   */
  readonly expectEvery?: string | undefined;
  /** Recovers events whose webhooks did not arrive. @default nothing is compared */
  readonly reconcile?: ReconcileArgs | undefined;
  /** A limit of its own. The provider is then taken at its own path only, and not at the common one. */
  readonly throttle?: Throttle | undefined;
}

/** A FIFO queue that you read yourself. */
export interface QueueConsumerArgs {
  /** Seconds that a received message is hidden from others, 0 to 43,200. @default 180 */
  readonly visibilityTimeoutSeconds?: number | undefined;
}

/**
 * A Lambda function that is handed the queue's messages. It answers with `batchItemFailures`, in which everything behind the
 * first failure is too. Its role needs `sqs:ReceiveMessage`, `sqs:DeleteMessage` and `sqs:GetQueueAttributes` on the queue.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export interface LambdaConsumerArgs {
  /** ARN of the function, or of a version or alias of it. */
  readonly arn: string;
  /** The function's time-out; messages are hidden for six of it, as AWS advises. @default 30 */
  readonly timeoutSeconds?: number | undefined;
  /** Messages handed to it at once, 1 to 10. With more than one a failure holds those of other groups too. @default 1 */
  readonly batchSize?: number | undefined;
  /** Batches handed to it at once, 2 to 1,000. @default one for each group that has messages */
  readonly maximumConcurrency?: number | undefined;
}

/**
 * A server that is called with each event: one group in order, groups side by side. An answer in 2xx is success; 410 pauses
 * the consumer; anything else is tried again after 5 and 30 seconds, 2, 10 and 30 minutes, 1, 2, 4 and 8 hours, or when
 * `Retry-After` says.
 */
export interface HttpConsumerArgs {
  /** Where it is: `https://`; on the local stack also `http://localhost`. Private addresses are never called. */
  readonly url: string;
  /** The secret that its requests are signed with: the consumer's own, and no provider's. */
  readonly secret: SecretRef;
  /**
   * `cloudevent`: the event in CloudEvents' structured mode, signed by Standard Webhooks. `original`: body and headers as
   * the provider sent them, signed again by the provider's scheme, so that a handler with the provider's library works
   * unchanged. @default cloudevent
   */
  readonly as?: "cloudevent" | "original" | undefined;
  /** Most calls per second, 1 to 1,000. @default no limit */
  readonly rate?: number | undefined;
  /** Most calls at once, 2 to 1,000. @default 10 */
  readonly concurrency?: number | undefined;
  /** Seconds for an answer, 1 to 25. @default 15 */
  readonly timeoutSeconds?: number | undefined;
  /** Attempts before `onFailure` applies, 1 to 1,000. @default 10, in about 16 hours */
  readonly maxAttempts?: number | undefined;
  /**
   * After the last attempt: `dead-letter` puts the event into the consumer's dead-letter queue and goes on, `block` tries
   * it again every hour while those behind it in its group wait. @default dead-letter
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
   * JSONata over the event as it is published; the consumer gets those for which it is true. An event whose payload
   * travels by reference has `dataref` and no `data`. @default all events
   */
  readonly when?: string | undefined;
  readonly queue?: QueueConsumerArgs | undefined;
  readonly lambda?: LambdaConsumerArgs | undefined;
  readonly http?: HttpConsumerArgs | undefined;
}

/** A domain of your own, at whose root the API answers: `https://<name>/webhook/<provider>`. */
export interface DomainArgs {
  /** Such as `hooks.example.com`. */
  readonly name: string;
  /** ARN of a certificate of ACM for it, in the inbox's Region. */
  readonly certificateArn: string;
  /** Id of the hosted zone of Route 53 that gets a record for it. @default none: you point the name to `domain_target` */
  readonly hostedZoneId?: string | undefined;
  /** Least version of TLS and its ciphers. @default TLS_1_2 */
  readonly tlsPolicy?: (typeof TLS_POLICIES)[number] | undefined;
  /**
   * PEM file in S3 with the certificates of those whose client certificates are accepted: mutual TLS, for every provider.
   * @default no client certificate
   */
  readonly truststoreUri?: string | undefined;
  /**
   * Whether API Gateway's own address answers no longer. It never does with a truststore.
   * @default false: a provider that still sends there loses nothing
   */
  readonly disableExecuteApiEndpoint?: boolean | undefined;
}

/**
 * Arguments of a {@link WebhookInbox}. They are plain values and no outputs of other resources: they are checked before
 * anything is created, and the functions' code is made of them.
 */
export interface WebhookInboxArgs {
  /** Who sends webhooks; each gets a path, a rule of the bus and an alarm. */
  readonly providers: readonly ProviderArgs[];
  /** Who gets events in order, beside the bus; at most 50. @default none */
  readonly consumers?: readonly ConsumerArgs[];
  /** First part of every physical name, 2 to 20 characters a-z, 0-9 and -. @default webhook-inbox */
  readonly serviceName?: string;
  /** Last part of every physical name, 1 to 16 characters a-z, 0-9 and -. @default the stack's name */
  readonly environmentSuffix?: string;
  /** Requests that each path takes at once, 1 to 5,000. @default 5000 */
  readonly throttleBurstLimit?: number;
  /** Requests per second that each path takes in the long run, 1 to 10,000. @default 10000 */
  readonly throttleRateLimit?: number;
  /** Days that every log group keeps its events: a period that CloudWatch Logs knows. @default 7 */
  readonly logRetentionDays?: number;
  /** Days after which raw payloads of 128 KB and more move to S3 Glacier Flexible Retrieval, 1 to 3,650. @default 30 */
  readonly glacierAfterDays?: number;
  /**
   * Whether smaller ones move, too. Moving one costs what storing it for years does, and Glacier adds 40 KB to it.
   * @default false
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
   */
  readonly archiveSmallPayloads?: boolean;
  /** Days after which raw payloads are deleted, 1 to 3,650; nothing can replay one then. @default never */
  readonly payloadRetentionDays?: number | undefined;
  /** Days that the record of a webhook stays in the table, 1 to 3,650. @default 90 */
  readonly recordRetentionDays?: number;
  /** Which events of the workflow's executions are logged. The console draws an execution's path only at ALL. @default ALL */
  readonly executionLogLevel?: ExecutionLogLevel;
  /** Whether inputs and outputs, and with them payloads, are in that log, which bills each payload four times. @default false */
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
   * ARN of a symmetric KMS key of yours, in the inbox's Region, that encrypts what is kept: the bucket, the table, queues, log
   * groups, the bus and the topic of alarms. docs/production.md has its policy. @default keys of AWS's
   */
  readonly kmsKeyArn?: string | undefined;
  /** ARN of a managed policy of yours, which bounds what each of the inbox's roles may do. @default none */
  readonly permissionsBoundaryArn?: string | undefined;
  /** Whether the table can be restored to any second of the last 35 days, which DynamoDB bills by its size. @default false */
  readonly pointInTimeRecovery?: boolean;
  /** Whether Pulumi protects the table, the bucket and the queues from deletion. @default true */
  readonly protect?: boolean;
  /** Whether API Gateway counts per method too, which CloudWatch bills: some five metrics for each. @default false */
  readonly detailedMetrics?: boolean;
  /** Invocations at once reserved for ingestion, which are its ceiling too. @default as many as the account has left */
  readonly ingestReservedConcurrency?: number | undefined;
  /** Invocations at once reserved for processing, at least 2, which are its ceiling too. @default as many as the account has left */
  readonly processReservedConcurrency?: number | undefined;
  /** Batches processed at once, 2 to 1,000. @default a quarter of the account's concurrency */
  readonly processMaximumConcurrency?: number | undefined;
  /** Address that is subscribed to the stack's own topic of alarms, which is the output `alarm_topic_arn`. @default none */
  readonly alarmEmail?: string | undefined;
  /** ARN of a topic of yours that alarms notify too, in the inbox's Region. @default none */
  readonly alarmTopicArn?: string | undefined;
}
