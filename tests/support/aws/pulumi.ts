import type { Model, Models, ServiceName, Shape } from "./model";
import { violations } from "./violations";

/** Operations that the Terraform provider calls for a type of resource, and the inputs that have another name there. */
interface Resource {
  readonly service: ServiceName;
  /** Operations that create it. An input is passed to the first operation that has a member with its name. */
  readonly operations: readonly string[];
  /**
   * Inputs whose name differs from their member's: the member's path in the operation's input (`Attributes.FifoQueue`),
   * null if only Pulumi uses the input and does not send it, or a function that returns members for its value.
   */
  readonly renames?: Readonly<
    Record<string, string | null | ((value: never) => Readonly<Record<string, unknown>>)>
  >;
  /** Members that AWS requires and the provider adds. */
  readonly provided?: Readonly<Record<string, unknown>>;
}

/** An entry of an alarm's `metricQueries`. */
interface AlarmQuery {
  readonly id: string;
  readonly label?: string;
  readonly expression?: string;
  readonly returnData?: boolean;
  readonly metric?: {
    readonly namespace: string;
    readonly metricName: string;
    readonly dimensions: Readonly<Record<string, string>>;
    readonly period: number;
    readonly stat: string;
  };
}

const dimensionList = (dimensions: Readonly<Record<string, string>>) =>
  Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
const tagList = (key: string, value: string) => (tags: Record<string, string>) => ({
  Tags: Object.entries(tags).map(([name, text]) => ({ [key]: name, [value]: text })),
});
const TAGS = { tags: tagList("Key", "Value") };
const restApi = { restApi: "restApiId" };
const ENDPOINT = {
  endpointConfiguration: ({ types }: { types: string }) => ({ endpointConfiguration: { types: [types] } }),
};
const asText = (attribute: string) => (value: unknown) => ({ [`Attributes.${attribute}`]: String(value) });
const patch = (path: string) => (value: unknown) => ({
  patchOperations: [{ op: "replace", path, value: String(value) }],
});

/** All types of resources of the program. */
const RESOURCES: Readonly<Record<string, Resource>> = {
  "aws:apigateway/account:Account": {
    service: "apigateway",
    operations: ["UpdateAccount"],
    renames: { cloudwatchRoleArn: patch("/cloudwatchRoleArn") },
  },
  "aws:apigateway/basePathMapping:BasePathMapping": {
    service: "apigateway",
    operations: ["CreateBasePathMapping"],
    renames: { ...restApi, stageName: "stage" },
  },
  "aws:apigateway/domainName:DomainName": {
    service: "apigateway",
    operations: ["CreateDomainName"],
    renames: ENDPOINT,
  },
  "aws:apigateway/deployment:Deployment": {
    service: "apigateway",
    operations: ["CreateDeployment"],
    renames: { ...restApi, triggers: null },
  },
  "aws:apigateway/integration:Integration": {
    service: "apigateway",
    operations: ["PutIntegration"],
    renames: restApi,
  },
  "aws:apigateway/method:Method": {
    service: "apigateway",
    operations: ["PutMethod"],
    renames: { ...restApi, authorization: "authorizationType" },
  },
  "aws:apigateway/methodSettings:MethodSettings": {
    service: "apigateway",
    operations: ["UpdateStage"],
    renames: { ...restApi, methodPath: null, settings: patch("/x/throttling/burstLimit") },
  },
  "aws:apigateway/requestValidator:RequestValidator": {
    service: "apigateway",
    operations: ["CreateRequestValidator"],
    renames: restApi,
  },
  "aws:apigateway/resource:Resource": {
    service: "apigateway",
    operations: ["CreateResource"],
    renames: restApi,
  },
  "aws:apigateway/response:Response": { service: "apigateway", operations: ["PutGatewayResponse"] },
  "aws:apigateway/restApi:RestApi": {
    service: "apigateway",
    operations: ["CreateRestApi"],
    renames: ENDPOINT,
  },
  "aws:apigateway/stage:Stage": {
    service: "apigateway",
    operations: ["CreateStage", "UpdateStage"],
    renames: {
      ...restApi,
      deployment: "deploymentId",
      xrayTracingEnabled: "tracingEnabled",
      accessLogSettings: ({ destinationArn, format }: Record<string, string>) => ({
        patchOperations: [
          ...patch("/accessLogSettings/destinationArn")(destinationArn).patchOperations,
          ...patch("/accessLogSettings/format")(format).patchOperations,
        ],
      }),
    },
  },
  "aws:cloudwatch/dashboard:Dashboard": { service: "cloudwatch", operations: ["PutDashboard"] },
  "aws:cloudwatch/eventBus:EventBus": { service: "events", operations: ["CreateEventBus"], renames: TAGS },
  "aws:cloudwatch/eventRule:EventRule": { service: "events", operations: ["PutRule"], renames: TAGS },
  "aws:cloudwatch/eventTarget:EventTarget": {
    service: "events",
    operations: ["PutTargets"],
    renames: {
      arn: "Targets.0.Arn",
      targetId: "Targets.0.Id",
      input: "Targets.0.Input",
      deadLetterConfig: "Targets.0.DeadLetterConfig",
      inputTransformer: "Targets.0.InputTransformer",
      "inputTransformer.inputPaths": "InputPathsMap",
    },
    provided: { "Targets.0.Id": "terraform-20260101000000000000000001" },
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    service: "logs",
    operations: ["CreateLogGroup", "PutRetentionPolicy"],
    renames: { name: "logGroupName" },
  },
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": {
    service: "logs",
    operations: ["PutMetricFilter"],
    renames: {
      name: "filterName",
      pattern: "filterPattern",
      metricTransformation: ({ name, namespace, value, ...rest }: Record<string, string>) => ({
        metricTransformations: [
          { metricName: name, metricNamespace: namespace, metricValue: value, ...rest },
        ],
      }),
    },
  },
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": {
    service: "logs",
    operations: ["PutResourcePolicy"],
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    service: "cloudwatch",
    operations: ["PutMetricAlarm"],
    renames: {
      ...TAGS,
      name: "AlarmName",
      dimensions: (dimensions: Record<string, string>) => ({ Dimensions: dimensionList(dimensions) }),
      metricQueries: (queries: readonly AlarmQuery[]) => ({
        Metrics: queries.map(({ id, label, expression, returnData, metric }) => ({
          Id: id,
          ...(expression !== undefined && { Expression: expression, Label: label, ReturnData: returnData }),
          ...(metric && {
            MetricStat: {
              Metric: {
                Namespace: metric.namespace,
                MetricName: metric.metricName,
                Dimensions: dimensionList(metric.dimensions),
              },
              Period: metric.period,
              Stat: metric.stat,
            },
          }),
        })),
      }),
    },
  },
  "aws:cloudwatch/queryDefinition:QueryDefinition": { service: "logs", operations: ["PutQueryDefinition"] },
  "aws:dynamodb/table:Table": {
    service: "dynamodb",
    operations: ["CreateTable", "UpdateTimeToLive", "UpdateContinuousBackups"],
    renames: {
      ...TAGS,
      name: "TableName",
      hashKey: (name: string) => ({ KeySchema: [{ AttributeName: name, KeyType: "HASH" }] }),
      attributes: (attributes: readonly { name: string; type: string }[]) => ({
        AttributeDefinitions: attributes.map(({ name, type }) => ({
          AttributeName: name,
          AttributeType: type,
        })),
      }),
      "globalSecondaryIndexes.name": "IndexName",
      "globalSecondaryIndexes.keySchemas": "KeySchema",
      "globalSecondaryIndexes.projectionType": "Projection.ProjectionType",
      "globalSecondaryIndexes.nonKeyAttributes": "Projection.NonKeyAttributes",
      ttl: "TimeToLiveSpecification",
      serverSideEncryption: "SSESpecification",
      "serverSideEncryption.kmsKeyArn": "KMSMasterKeyId",
      pointInTimeRecovery: ({ enabled }: { enabled: boolean }) => ({
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: enabled },
      }),
    },
  },
  "aws:iam/role:Role": {
    service: "iam",
    operations: ["CreateRole", "AttachRolePolicy"],
    renames: {
      ...TAGS,
      name: "RoleName",
      assumeRolePolicy: "AssumeRolePolicyDocument",
      managedPolicyArns: ([PolicyArn]: readonly string[]) => ({ PolicyArn }),
    },
    // If the program gives no name, the provider makes up one of this length.
    provided: { RoleName: "terraform-20260101000000000000000001" },
  },
  "aws:iam/rolePolicy:RolePolicy": {
    service: "iam",
    operations: ["PutRolePolicy"],
    renames: { role: "RoleName", policy: "PolicyDocument", name: "PolicyName" },
    provided: { PolicyName: "terraform-20260101000000000000000001" },
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    service: "iam",
    operations: ["AttachRolePolicy"],
    renames: { role: "RoleName" },
    // The mocks do not make up a name for a role without one.
    provided: { RoleName: "terraform-20260101000000000000000001" },
  },
  "aws:lambda/eventSourceMapping:EventSourceMapping": {
    service: "lambda",
    operations: ["CreateEventSourceMapping"],
  },
  "aws:lambda/function:Function": {
    service: "lambda",
    operations: ["CreateFunction", "PutFunctionConcurrency"],
    renames: {
      name: "FunctionName",
      reservedConcurrentExecutions: "ReservedConcurrentExecutions",
      // Stands for the bundle's bytes, which the deployer's own call contains.
      code: () => ({ Code: { ZipFile: Buffer.from("zip") } }),
    },
  },
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": {
    service: "lambda",
    operations: ["PutFunctionEventInvokeConfig"],
  },
  "aws:lambda/permission:Permission": {
    service: "lambda",
    operations: ["AddPermission"],
    renames: { function: "FunctionName" },
    provided: { StatementId: "terraform-20260101000000000000000001" },
  },
  "aws:route53/record:Record": {
    service: "route53",
    operations: ["ChangeResourceRecordSets"],
    renames: {
      zoneId: "HostedZoneId",
      name: "ChangeBatch.Changes.0.ResourceRecordSet.Name",
      type: "ChangeBatch.Changes.0.ResourceRecordSet.Type",
      aliases: ([{ name, zoneId, evaluateTargetHealth }]: readonly [Record<string, unknown>]) => ({
        "ChangeBatch.Changes.0.ResourceRecordSet.AliasTarget": {
          DNSName: name,
          HostedZoneId: zoneId,
          EvaluateTargetHealth: evaluateTargetHealth,
        },
      }),
    },
    provided: { "ChangeBatch.Changes.0.Action": "UPSERT" },
  },
  "aws:s3/bucket:Bucket": {
    service: "s3",
    operations: ["CreateBucket", "PutBucketTagging"],
    renames: {
      forceDestroy: null,
      tags: (tags: Record<string, string>) => ({
        Tagging: { TagSet: tagList("Key", "Value")(tags).Tags },
      }),
    },
  },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
    service: "s3",
    operations: ["PutBucketLifecycleConfiguration"],
    renames: { rules: "LifecycleConfiguration.Rules" },
  },
  "aws:s3/bucketPolicy:BucketPolicy": { service: "s3", operations: ["PutBucketPolicy"] },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
    service: "s3",
    operations: ["PutPublicAccessBlock"],
    renames: Object.fromEntries(
      ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].map((name) => [
        name,
        `PublicAccessBlockConfiguration.${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      ]),
    ),
  },
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
    service: "s3",
    operations: ["PutBucketEncryption"],
    renames: { rules: "ServerSideEncryptionConfiguration.Rules" },
  },
  "aws:sfn/stateMachine:StateMachine": {
    service: "stepfunctions",
    operations: ["CreateStateMachine"],
    renames: {
      tags: (tags: Record<string, string>) => ({
        tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
      }),
      "loggingConfiguration.logDestination": (logGroupArn: string) => ({
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn } }],
      }),
    },
  },
  "aws:sns/topic:Topic": {
    service: "sns",
    operations: ["CreateTopic"],
    renames: { ...TAGS, kmsMasterKeyId: asText("KmsMasterKeyId") },
  },
  "aws:sns/topicSubscription:TopicSubscription": {
    service: "sns",
    operations: ["Subscribe"],
    renames: { topic: "TopicArn" },
  },
  "aws:sqs/queue:Queue": {
    service: "sqs",
    operations: ["CreateQueue"],
    renames: {
      name: "QueueName",
      fifoQueue: asText("FifoQueue"),
      contentBasedDeduplication: asText("ContentBasedDeduplication"),
      deduplicationScope: asText("DeduplicationScope"),
      fifoThroughputLimit: asText("FifoThroughputLimit"),
      messageRetentionSeconds: asText("MessageRetentionPeriod"),
      visibilityTimeoutSeconds: asText("VisibilityTimeout"),
      receiveWaitTimeSeconds: asText("ReceiveMessageWaitTimeSeconds"),
      delaySeconds: asText("DelaySeconds"),
      maxMessageSize: asText("MaximumMessageSize"),
      redrivePolicy: asText("RedrivePolicy"),
      redriveAllowPolicy: asText("RedriveAllowPolicy"),
      sqsManagedSseEnabled: asText("SqsManagedSseEnabled"),
      kmsMasterKeyId: asText("KmsMasterKeyId"),
    },
  },
  "aws:wafv2/webAclAssociation:WebAclAssociation": {
    service: "wafv2",
    operations: ["AssociateWebACL"],
    renames: { webAclArn: "WebACLArn" },
  },
  "aws:sqs/queuePolicy:QueuePolicy": {
    service: "sqs",
    operations: ["SetQueueAttributes"],
    renames: { policy: asText("Policy") },
  },
};

/**
 * Returns what AWS would reject in a resource of the program. Puts its inputs into the provider's calls that create it,
 * whether or not the local deployer passes them on, and checks those calls.
 * @returns one line each, also for an input that belongs nowhere
 */
export function resourceViolations(
  models: Models,
  { type, name, inputs }: { type: string; name: string; inputs: Readonly<Record<string, unknown>> },
): string[] {
  const resource = RESOURCES[type];
  if (!resource) return [`${type} ${name}: this type is not in tests/support/aws/pulumi.ts`];
  const model = models[resource.service];
  const lines: string[] = [];
  const made = new Map(resource.operations.map((operation) => [operation, {} as Record<string, unknown>]));

  for (const [key, value] of Object.entries(inputs)) {
    if (value === undefined || value === null) continue;
    const members = placed(model, resource, key, value);
    if (members === undefined) continue;
    for (const [path, member] of Object.entries(members)) {
      const takers = resource.operations.filter((operation) => memberOf(inputShape(model, operation), path));
      if (takers.length === 0) lines.push(`${key} has no place in ${resource.operations.join(", ")}`);
      // Pass a member that names the resource to every call, all others to the first that takes them.
      for (const [index, operation] of takers.entries()) {
        const shape = inputShape(model, operation);
        const isName = shape.required?.includes(path.split(".")[0] ?? "");
        if (index > 0 && !isName) continue;
        const input = made.get(operation) ?? {};
        try {
          put(input, path, converted(model, shape, path, member, resource, key));
        } catch (error) {
          lines.push((error as Error).message);
        }
      }
    }
  }
  for (const [index, [operation, input]] of [...made].entries()) {
    // Skip a further call unless it has members that only this call takes.
    const shape = inputShape(model, operation);
    if (
      index > 0 &&
      !Object.keys(input).some((member) => !memberOf(inputShape(model, resource.operations[0] ?? ""), member))
    )
      continue;
    for (const [path, value] of Object.entries(resource.provided ?? {}))
      if (memberOf(shape, path) && reach(input, path) === undefined) put(input, path, value);
    lines.push(...violations(models, { service: resource.service, operation, input }));
  }
  return lines.map((line) => `${type} ${name}: ${line}`);
}

const inputShape = (model: Model, operation: string): Shape =>
  model.shapes[model.operations[operation]?.input?.shape ?? ""] ?? { type: "structure" };

/** Returns the members of the calls for an input of the resource, by path; undefined if it is not sent. */
function placed(
  model: Model,
  { operations, renames = {} }: Resource,
  key: string,
  value: unknown,
): Readonly<Record<string, unknown>> | undefined {
  const rename = renames[key];
  if (rename === null) return undefined;
  if (typeof rename === "function") return (rename as (value: unknown) => Record<string, unknown>)(value);
  if (typeof rename === "string") return { [rename]: value };
  const names = operations.flatMap((operation) => Object.keys(inputShape(model, operation).members ?? {}));
  const same = names.find((member) => equalNames(member, key));
  return { [same ?? key]: value };
}

const equalNames = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
const memberOf = ({ members = {} }: Shape, path: string) => members[path.split(".")[0] ?? ""];

/** Converts a value of Pulumi to the shape at a path: member names differ in case, or as `renames` says. */
function converted(
  model: Model,
  shape: Shape,
  path: string,
  value: unknown,
  resource: Resource,
  at: string,
): unknown {
  const [first = "", ...rest] = path.split(".");
  const next: Shape | undefined = /^\d+$/.test(first)
    ? model.shapes[shape.member?.shape ?? ""]
    : shape.type === "map"
      ? model.shapes[shape.value?.shape ?? ""]
      : model.shapes[shape.members?.[first]?.shape ?? ""];
  if (!next) throw new Error(`${at}: no member ${path}`);
  return rest.length > 0
    ? converted(model, next, rest.join("."), value, resource, at)
    : renamed(model, next, value, resource, at);
}

function renamed(model: Model, shape: Shape, value: unknown, resource: Resource, at: string): unknown {
  if (Array.isArray(value)) {
    const item = model.shapes[shape.member?.shape ?? ""];
    return item ? value.map((one) => renamed(model, item, one, resource, at)) : value;
  }
  if (shape.type !== "structure" || typeof value !== "object" || value === null || Buffer.isBuffer(value))
    return value;
  const input: Record<string, unknown> = {};
  for (const [key, one] of Object.entries(value)) {
    if (one === undefined || one === null) continue;
    const rename = resource.renames?.[`${at}.${key}`];
    if (typeof rename === "function") {
      Object.assign(input, (rename as (value: unknown) => object)(one));
      continue;
    }
    const name = rename ?? Object.keys(shape.members ?? {}).find((member) => equalNames(member, key)) ?? key;
    const member = shape.members?.[name.split(".")[0] ?? ""];
    if (!member) throw new Error(`${at}.${key} has no place in ${resource.operations.join(", ")}`);
    put(input, name, converted(model, shape, name, one, resource, `${at}.${key}`));
  }
  return input;
}

/** Sets the value at a path, in which numbers are positions in a list. */
function put(target: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split(".");
  let parent: Record<string, unknown> = target;
  for (const [index, name] of names.slice(0, -1).entries()) {
    parent[name] ??= /^\d+$/.test(names[index + 1] ?? "") ? [] : {};
    parent = parent[name] as Record<string, unknown>;
  }
  parent[names.at(-1) ?? ""] = value;
}

function reach(target: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], target);
}
