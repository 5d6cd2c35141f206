import type { Declared } from "../program";

/** Actions of IAM, each on this ARN. */
export interface Need {
  readonly actions: readonly string[];
  readonly arn: string;
}

type Inputs = Declared["inputs"];

const REGION = "eu-central-1";
const ACCOUNT = "123456789012";
const arn = (service: string, rest: unknown, region = REGION, account = ACCOUNT) =>
  `arn:aws:${service}:${region}:${account}:${String(rest)}`;
const of = (service: string, names: string) => names.split(" ").map((name) => `${service}:${name}`);

const nameless = (service: string, names: string): Need[] => [{ actions: of(service, names), arn: "*" }];
const bucket = (names: string) => (inputs: Inputs) => [
  { actions: of("s3", names), arn: arn("s3", inputs["bucket"], "", "") },
];
const queue = (names: string) => (name: unknown) => ({ actions: of("sqs", names), arn: arn("sqs", name) });
const lambda = (names: string, name: unknown) => ({
  actions: of("lambda", names),
  arn: arn("lambda", `function:${String(name)}`),
});
const role = (names: string, name: unknown) => ({
  actions: of("iam", names),
  arn: arn("iam", `role/${String(name)}`, ""),
});
const logGroup = (names: string, name: unknown) => [
  // CloudWatch Logs writes the ARN with and without `:*`, by the action.
  ...["", ":*"].map((end) => ({
    actions: of("logs", names),
    arn: arn("logs", `log-group:${String(name)}${end}`),
  })),
];
const api = (methods: string, path: string) => ({
  actions: of("apigateway", methods),
  arn: arn("apigateway", path, REGION, ""),
});
const partOfApi = () => [api("GET PATCH POST PUT DELETE", "/restapis/a1b2c3d4e5/parts/f6")];
const last = (text: unknown) => String(text).split("/").at(-1);

/**
 * What Pulumi's AWS provider calls to make, read, change and tag each type of resource, and to delete those that a changed
 * configuration removes. Read in the source of the Terraform provider, which it is made of, and compared with what
 * CloudFormation's own handlers need.
 * @see https://github.com/hashicorp/terraform-provider-aws/tree/main/internal/service
 * @see https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html#schema-properties-handlers
 */
export const PROVIDER_ACTIONS: Readonly<Record<string, (inputs: Inputs) => readonly Need[]>> = {
  "aws:apigateway/account:Account": () => [api("GET PATCH", "/account")],
  "aws:apigateway/basePathMapping:BasePathMapping": ({ domainName }) => [
    api("POST", `/domainnames/${domainName}/basepathmappings`),
    api("GET PATCH DELETE", `/domainnames/${domainName}/basepathmappings/(none)`),
  ],
  "aws:apigateway/deployment:Deployment": partOfApi,
  "aws:apigateway/domainName:DomainName": ({ domainName }) => [
    api("POST", "/domainnames"),
    api("GET PATCH DELETE", `/domainnames/${domainName}`),
  ],
  "aws:apigateway/integration:Integration": partOfApi,
  "aws:apigateway/method:Method": partOfApi,
  "aws:apigateway/methodSettings:MethodSettings": partOfApi,
  "aws:apigateway/requestValidator:RequestValidator": partOfApi,
  "aws:apigateway/resource:Resource": partOfApi,
  "aws:apigateway/response:Response": partOfApi,
  "aws:apigateway/restApi:RestApi": () => [
    api("POST", "/restapis"),
    api("GET PATCH", "/restapis/a1b2c3d4e5"),
    api("GET PUT DELETE", "/tags/arn%3Aaws%3Aapigateway%3Aeu-central-1%3A%3A%2Frestapis%2Fa1b2c3d4e5"),
    {
      actions: ["iam:CreateServiceLinkedRole"],
      arn: arn("iam", "role/aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway", ""),
    },
  ],
  "aws:apigateway/stage:Stage": partOfApi,
  "aws:cloudwatch/dashboard:Dashboard": ({ dashboardName }) => [
    {
      actions: of("cloudwatch", "GetDashboard PutDashboard"),
      arn: arn("cloudwatch", `dashboard/${dashboardName}`, ""),
    },
  ],
  "aws:cloudwatch/eventBus:EventBus": ({ name }) => [
    {
      actions: of(
        "events",
        "CreateEventBus DescribeEventBus UpdateEventBus ListTagsForResource TagResource UntagResource",
      ),
      arn: arn("events", `event-bus/${name}`),
    },
  ],
  "aws:cloudwatch/eventRule:EventRule": ({ name, eventBusName }) => [
    {
      actions: of("events", "PutRule DescribeRule DeleteRule ListTagsForResource TagResource UntagResource"),
      arn: arn("events", ["rule", eventBusName, name].filter(Boolean).join("/")),
    },
  ],
  "aws:cloudwatch/eventTarget:EventTarget": ({ rule, eventBusName }) => [
    {
      actions: of("events", "PutTargets ListTargetsByRule RemoveTargets"),
      arn: arn("events", ["rule", eventBusName, rule].filter(Boolean).join("/")),
    },
  ],
  "aws:cloudwatch/logGroup:LogGroup": ({ name }) => [
    ...logGroup(
      "CreateLogGroup DeleteLogGroup PutRetentionPolicy AssociateKmsKey DisassociateKmsKey ListTagsForResource TagResource UntagResource",
      name,
    ),
    ...nameless("logs", "DescribeLogGroups"),
  ],
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": ({ logGroupName }) =>
    logGroup("PutMetricFilter DescribeMetricFilters", logGroupName),
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": () =>
    nameless("logs", "PutResourcePolicy DescribeResourcePolicies"),
  "aws:cloudwatch/metricAlarm:MetricAlarm": ({ name }) => [
    {
      actions: of(
        "cloudwatch",
        "PutMetricAlarm DescribeAlarms DeleteAlarms ListTagsForResource TagResource UntagResource",
      ),
      arn: arn("cloudwatch", `alarm:${name}`),
    },
  ],
  "aws:cloudwatch/queryDefinition:QueryDefinition": () =>
    nameless("logs", "PutQueryDefinition DescribeQueryDefinitions DeleteQueryDefinition"),
  "aws:dynamodb/table:Table": ({ name }) => [
    {
      actions: of(
        "dynamodb",
        "CreateTable DescribeTable UpdateTable DescribeTimeToLive UpdateTimeToLive DescribeContinuousBackups UpdateContinuousBackups ListTagsOfResource TagResource UntagResource",
      ),
      arn: arn("dynamodb", `table/${name}`),
    },
  ],
  "aws:iam/role:Role": ({ name, permissionsBoundary }) => [
    role(
      `CreateRole GetRole UpdateAssumeRolePolicy TagRole UntagRole DeleteRole ListRolePolicies ListAttachedRolePolicies ListInstanceProfilesForRole PassRole${permissionsBoundary === undefined ? "" : " PutRolePermissionsBoundary"}`,
      // The log role's has seven characters of Pulumi's.
      name ?? "webhook-inbox-api-logs-prod-0a1b2c3",
    ),
  ],
  "aws:iam/rolePolicy:RolePolicy": (inputs) => [
    role("PutRolePolicy GetRolePolicy DeleteRolePolicy", inputs["role"]),
  ],
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": () => [
    role("AttachRolePolicy ListAttachedRolePolicies", "webhook-inbox-api-logs-prod-0a1b2c3"),
  ],
  "aws:lambda/eventSourceMapping:EventSourceMapping": () => [
    {
      actions: of("lambda", "CreateEventSourceMapping"),
      arn: "*",
    },
    {
      actions: of(
        "lambda",
        "GetEventSourceMapping UpdateEventSourceMapping DeleteEventSourceMapping ListTags TagResource UntagResource",
      ),
      arn: arn("lambda", "event-source-mapping:0a1b2c3d-0000-0000-0000-000000000000"),
    },
  ],
  "aws:lambda/function:Function": ({ name }) => [
    lambda(
      "CreateFunction GetFunction GetFunctionConfiguration GetFunctionCodeSigningConfig ListVersionsByFunction UpdateFunctionCode UpdateFunctionConfiguration PutFunctionConcurrency DeleteFunctionConcurrency DeleteFunction TagResource UntagResource",
      name,
    ),
  ],
  "aws:lambda/permission:Permission": (inputs) => [
    lambda("AddPermission GetPolicy RemovePermission", inputs["function"]),
  ],
  "aws:route53/record:Record": ({ zoneId }) => [
    {
      actions: of("route53", "ChangeResourceRecordSets GetHostedZone ListResourceRecordSets"),
      arn: arn("route53", `hostedzone/${zoneId}`, "", ""),
    },
    { actions: of("route53", "GetChange"), arn: arn("route53", "change/C0123456789", "", "") },
  ],
  "aws:s3/bucket:Bucket": bucket(
    "CreateBucket ListBucket GetAccelerateConfiguration GetBucketAcl GetBucketCORS GetBucketLogging GetBucketObjectLockConfiguration GetBucketPolicy GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration GetLifecycleConfiguration GetReplicationConfiguration ListTagsForResource PutBucketTagging TagResource UntagResource",
  ),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": bucket(
    "GetLifecycleConfiguration PutLifecycleConfiguration",
  ),
  "aws:s3/bucketPolicy:BucketPolicy": bucket("GetBucketPolicy PutBucketPolicy"),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": bucket(
    "GetBucketPublicAccessBlock PutBucketPublicAccessBlock",
  ),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": bucket(
    "GetEncryptionConfiguration PutEncryptionConfiguration",
  ),
  "aws:sfn/stateMachine:StateMachine": ({ name }) => [
    {
      actions: of(
        "states",
        "CreateStateMachine DescribeStateMachine UpdateStateMachine ListStateMachineVersions ListTagsForResource TagResource UntagResource",
      ),
      arn: arn("states", `stateMachine:${name}`),
    },
    ...nameless("states", "ValidateStateMachineDefinition"),
  ],
  "aws:sns/topic:Topic": ({ name }) => [
    {
      actions: of(
        "sns",
        "CreateTopic GetTopicAttributes SetTopicAttributes ListTagsForResource TagResource UntagResource",
      ),
      arn: arn("sns", name),
    },
  ],
  "aws:sns/topicSubscription:TopicSubscription": ({ topic }) => [
    { actions: of("sns", "Subscribe"), arn: arn("sns", String(topic).split(":").at(-1)) },
    {
      actions: of("sns", "GetSubscriptionAttributes Unsubscribe"),
      arn: arn("sns", `${String(topic).split(":").at(-1)}:0a1b2c3d-0000-0000-0000-000000000000`),
    },
  ],
  "aws:sqs/queue:Queue": ({ name }) => [
    queue("CreateQueue GetQueueAttributes SetQueueAttributes ListQueueTags TagQueue UntagQueue")(name),
  ],
  "aws:sqs/queuePolicy:QueuePolicy": ({ queueUrl }) => [
    queue("GetQueueAttributes SetQueueAttributes")(last(queueUrl)),
  ],
  "aws:wafv2/webAclAssociation:WebAclAssociation": ({ webAclArn }) => {
    const actions = of("wafv2", "AssociateWebACL DisassociateWebACL GetWebACLForResource");
    const stage = api("SetWebACL", "/restapis/a1b2c3d4e5/stages/v1");
    return [stage, { ...stage, actions }, { actions, arn: String(webAclArn) }];
  },
};

/** What the program reads before it declares anything: the account's Lambda concurrency. */
export const READ_BEFORE: readonly Need[] = [
  { actions: ["servicequotas:GetServiceQuota"], arn: arn("servicequotas", "lambda/L-B99A9384") },
  ...nameless("servicequotas", "GetAWSDefaultServiceQuota"),
];

/**
 * What who encrypts the table and the bus needs of the key.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html#dynamodb-kms-authz
 */
export const needsOfKey = (key: string): Need => ({
  actions: of(
    "kms",
    "CreateGrant Decrypt DescribeKey Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo",
  ),
  arn: key,
});
