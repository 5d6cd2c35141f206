import * as aws from "./aws";
import * as pulumi from "@pulumi/pulumi";
import { MAX_RETENTION_SECONDS } from "../aws-limits";
import { eventLogTransformer } from "./event-log";
import { physicalName, type Location, type Naming } from "./naming";
import { denyWithoutTls, policy } from "./policy";
import { INBOX } from "../functions/domain/probe";
import { pick } from "./pick";

/** Maximum length of an event pattern. @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MAX_PATTERN_LENGTH = 2_048;

export interface EventBusArgs extends Location {
  /** Names of the configured providers; each gets a rule. */
  readonly providers: readonly string[];
  /** Whether Pulumi protects the queue of undelivered events from deletion. */
  readonly protect: boolean;
  /** Days that the example consumer's log keeps the events. */
  readonly logRetentionDays: number;
  /** Whether that log keeps the events' `data`. */
  readonly eventLogData: boolean;
  /** ARN of the KMS key that encrypts the bus; undefined for a key of AWS. */
  readonly kmsKeyArn?: string | undefined;
}

/** Returns the physical name of the bus; known before the bus exists. */
export function eventBusName(naming: Naming): string {
  return physicalName(naming, "bus");
}

/**
 * The bus on which webhooks are published, with a rule per provider. The example consumer is a log group; add your own
 * targets beside it.
 */
export class EventBus extends pulumi.ComponentResource {
  /** Name of the bus, for rules of your own. */
  readonly busName: pulumi.Output<string>;
  readonly busArn: pulumi.Output<string>;
  readonly eventLogGroupName: pulumi.Output<string>;
  /** ARN of the queue for events that a target rejected. */
  readonly undeliveredQueueArn: pulumi.Output<string>;
  readonly undeliveredQueueUrl: pulumi.Output<string>;
  /** Name of the rule that matches events that no provider's rule matches. */
  readonly unmatchedRuleName: pulumi.Output<string>;

  constructor(name: string, args: EventBusArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook-inbox:index:EventBus", name, {}, opts);
    const deadLetters = this.createTargetDeadLetterQueue(name, args);
    // Configure a dead-letter queue for a bus with a key, for events that EventBridge cannot encrypt or decrypt on the
    // bus.
    const deadLetterConfig = args.kmsKeyArn !== undefined && { deadLetterConfig: { arn: deadLetters.arn } };
    const bus = new aws.cloudwatch.EventBus(
      name,
      { name: eventBusName(args), ...deadLetterConfig },
      { parent: this },
    );
    const logGroup = this.createEventLog(name, args);
    const catchAll = this.createCatchAllRule(name, bus, args);
    const rules = [
      ...args.providers.map((provider) => this.createProviderRule(name, provider, bus, args)),
      this.createOwnRule(name, bus, args),
      catchAll,
    ];
    const logPolicy = this.letRulesWriteLogs(name, logGroup, args);
    const queuePolicy = this.letRulesSendDeadLetters(name, deadLetters, bus, args);
    for (const [ruleName, rule] of rules) {
      new aws.cloudwatch.EventTarget(
        `${ruleName}-log`,
        {
          eventBusName: bus.name,
          rule: rule.name,
          arn: logGroup.arn,
          deadLetterConfig: { arn: deadLetters.arn },
          ...(!args.eventLogData && { inputTransformer: eventLogTransformer() }),
        },
        { parent: this, dependsOn: [logPolicy, queuePolicy] },
      );
    }
    this.busName = bus.name;
    this.busArn = bus.arn;
    this.eventLogGroupName = logGroup.name;
    this.undeliveredQueueArn = deadLetters.arn;
    this.undeliveredQueueUrl = deadLetters.url;
    this.unmatchedRuleName = catchAll[1].name;
    this.registerOutputs(
      pick(
        this,
        "busName",
        "busArn",
        "eventLogGroupName",
        "undeliveredQueueArn",
        "undeliveredQueueUrl",
        "unmatchedRuleName",
      ),
    );
  }

  private createEventLog(name: string, args: EventBusArgs): aws.cloudwatch.LogGroup {
    return new aws.cloudwatch.LogGroup(
      `${name}-log`,
      {
        // EventBridge delivers to log groups below /aws/events only.
        name: `/aws/events/${args.serviceName}-${args.environmentSuffix}`,
        retentionInDays: args.logRetentionDays,
      },
      { parent: this },
    );
  }

  private createProviderRule(
    name: string,
    provider: string,
    bus: aws.cloudwatch.EventBus,
    args: EventBusArgs,
  ) {
    const ruleName = `${name}-${provider}`;
    const rule = new aws.cloudwatch.EventRule(
      ruleName,
      {
        name: physicalName(args, `provider-${provider}`),
        description: `Webhooks of ${provider}`,
        eventBusName: bus.name,
        eventPattern: JSON.stringify({ source: [eventSource(provider)] }),
      },
      { parent: this },
    );
    return [ruleName, rule] as const;
  }

  /** Creates the rule for the inbox's own events, such as the one that reports that processing has resumed. */
  private createOwnRule(name: string, bus: aws.cloudwatch.EventBus, args: EventBusArgs) {
    const ruleName = `${name}-${INBOX}`;
    const rule = new aws.cloudwatch.EventRule(
      ruleName,
      {
        name: physicalName(args, "own-events"),
        description: "Events of the inbox itself",
        eventBusName: bus.name,
        eventPattern: JSON.stringify({ source: [eventSource(INBOX)] }),
      },
      { parent: this },
    );
    return [ruleName, rule] as const;
  }

  /**
   * Creates the rule for events that no other rule here matches, such as a replay of a provider that is no longer
   * configured.
   */
  private createCatchAllRule(name: string, bus: aws.cloudwatch.EventBus, args: EventBusArgs) {
    const sources = [...args.providers, INBOX].map(eventSource);
    const eventPattern = JSON.stringify({ source: [{ "anything-but": sources }] });
    if (eventPattern.length > MAX_PATTERN_LENGTH) {
      throw new pulumi.InputPropertyError({
        propertyPath: "providers",
        reason: `the catch-all rule's pattern names every provider and has ${eventPattern.length} characters; EventBridge takes ${MAX_PATTERN_LENGTH}. Use shorter names or fewer providers in one stack`,
      });
    }
    const ruleName = `${name}-unmatched`;
    const rule = new aws.cloudwatch.EventRule(
      ruleName,
      {
        name: physicalName(args, "unmatched-events"),
        description: "Events of no configured provider",
        eventBusName: bus.name,
        eventPattern,
      },
      { parent: this },
    );
    return [ruleName, rule] as const;
  }

  /** Creates the queue for events that a target rejects. A FIFO queue cannot be the dead-letter queue of a target. */
  private createTargetDeadLetterQueue(name: string, args: EventBusArgs): aws.sqs.Queue {
    return new aws.sqs.Queue(
      `${name}-dlq`,
      {
        name: physicalName(args, "undelivered-events"),
        messageRetentionSeconds: MAX_RETENTION_SECONDS,
        sqsManagedSseEnabled: true,
      },
      { parent: this, protect: args.protect },
    );
  }

  /**
   * Lets the rules write to a log group, which as a target takes no role and needs a resource policy of CloudWatch
   * Logs. The policy has two statements, since the condition on the rule works for PutLogEvents only, and AWS documents
   * no condition for CreateLogStream. It is attached to the log group: an account has room for only ten unattached
   * policies per Region.
   * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html
   * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-cloudwatchlogs-permissions
   */
  private letRulesWriteLogs(name: string, logGroup: aws.cloudwatch.LogGroup, args: EventBusArgs) {
    const Principal = { Service: ["events.amazonaws.com", "delivery.logs.amazonaws.com"] };
    const Resource = pulumi.interpolate`${logGroup.arn}:*`;
    return new aws.cloudwatch.LogResourcePolicy(
      `${name}-log-policy`,
      {
        resourceArn: logGroup.arn,
        policyDocument: policy(
          { Sid: "CreateStream", Principal, Action: "logs:CreateLogStream", Resource },
          {
            Sid: "PutEvents",
            Principal,
            Action: "logs:PutLogEvents",
            Resource,
            Condition: { ArnLike: { "aws:SourceArn": this.ruleArns(args) } },
          },
        ),
      },
      { parent: this },
    );
  }

  private letRulesSendDeadLetters(
    name: string,
    queue: aws.sqs.Queue,
    bus: aws.cloudwatch.EventBus,
    args: EventBusArgs,
  ): aws.sqs.QueuePolicy {
    return new aws.sqs.QueuePolicy(
      `${name}-dlq-policy`,
      {
        queueUrl: queue.url,
        policy: policy(denyWithoutTls("sqs:*", [queue.arn]), {
          Sid: "RulesOfTheBus",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: queue.arn,
          Condition: {
            StringEquals: { "aws:SourceAccount": args.accountId },
            ArnLike: {
              "aws:SourceArn":
                args.kmsKeyArn === undefined ? this.ruleArns(args) : [this.ruleArns(args), bus.arn],
            },
          },
        }),
      },
      { parent: this, dependsOn: bus },
    );
  }

  /** Returns an ARN pattern for the rules of this bus only. */
  private ruleArns(args: EventBusArgs): pulumi.Output<string> {
    const bus = eventBusName(args);
    return pulumi.interpolate`arn:${args.partition}:events:*:${args.accountId}:rule/${bus}/*`;
  }
}

/** Returns the EventBridge source of a provider's events. */
export function eventSource(provider: string): string {
  return `webhook.${provider}`;
}
