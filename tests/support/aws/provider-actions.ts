import type { Declared } from "../program";

/** IAM actions, all of which are needed for this ARN. */
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
  // Use both forms of the ARN: CloudWatch Logs expects it with or without `:*`, depending on the action.
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
const tagsOfApi = (path: string) =>
  api("PUT DELETE", `/tags/${encodeURIComponent(arn("apigateway", path, REGION, ""))}`);
const last = (text: unknown) => String(text).split("/").at(-1);

/**
 * Actions that Pulumi's AWS provider calls to create, read, change and tag each type of resource, and to delete those
 * that a changed configuration removes. They were read in the source of the Terraform provider, from which it is built.
 * The line above a type names the file below `internal/service` and the copy that was read: `@` and its commit, its
 * year, or `undated` if neither was visible. None is known to be from the release that Pulumi's provider contains. Tags
 * are in the service's `tags_gen.go` or `tags.go`.
 * @see https://github.com/hashicorp/terraform-provider-aws/tree/main/internal/service
 */
export const PROVIDER_ACTIONS: Readonly<Record<string, (inputs: Inputs) => readonly Need[]>> = {
  // apigateway/account.go, undated
  "aws:apigateway/account:Account": () => [api("GET PATCH", "/account")],
  // apigateway/base_path_mapping.go, undated
  "aws:apigateway/basePathMapping:BasePathMapping": ({ domainName }) => [
    api("POST", `/domainnames/${domainName}/basepathmappings`),
    api("GET PATCH DELETE", `/domainnames/${domainName}/basepathmappings/(none)`),
  ],
  // apigateway/deployment.go, undated
  "aws:apigateway/deployment:Deployment": partOfApi,
  // apigateway/domain_name.go, undated
  "aws:apigateway/domainName:DomainName": ({ domainName, mutualTlsAuthentication }) => {
    // IAM requires more if a truststore is added to a domain or removed from it.
    const more = mutualTlsAuthentication ? " AddCertificateToDomain RemoveCertificateFromDomain" : "";
    return [
      api(`POST${more}`, "/domainnames"),
      api(`GET PATCH DELETE${more}`, `/domainnames/${domainName}`),
      tagsOfApi(`/domainnames/${domainName}`),
    ];
  },
  // apigateway/integration.go, undated
  "aws:apigateway/integration:Integration": partOfApi,
  // apigateway/method.go, undated
  "aws:apigateway/method:Method": partOfApi,
  // apigateway/method_settings.go, undated: updates of the stage
  "aws:apigateway/methodSettings:MethodSettings": partOfApi,
  // apigateway/request_validator.go, undated
  "aws:apigateway/requestValidator:RequestValidator": partOfApi,
  // apigateway/resource.go, undated
  "aws:apigateway/resource:Resource": partOfApi,
  // apigateway/gateway_response.go, undated
  "aws:apigateway/response:Response": partOfApi,
  // apigateway/rest_api.go, undated: reading includes the tags, and finds the root resource among all
  "aws:apigateway/restApi:RestApi": () => [
    api("POST", "/restapis"),
    api("GET PATCH", "/restapis/a1b2c3d4e5"),
    api("GET", "/restapis/a1b2c3d4e5/resources"),
    tagsOfApi("/restapis/a1b2c3d4e5"),
    {
      actions: ["iam:CreateServiceLinkedRole"],
      arn: arn("iam", "role/aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway", ""),
    },
  ],
  // apigateway/stage.go, undated
  "aws:apigateway/stage:Stage": () => [...partOfApi(), tagsOfApi("/restapis/a1b2c3d4e5/stages/v1")],
  // cloudwatch/dashboard.go@0620f2a6a126dfcbc4aecbc9a117b0fbea1656ff
  "aws:cloudwatch/dashboard:Dashboard": ({ dashboardName }) => [
    {
      actions: of("cloudwatch", "GetDashboard PutDashboard"),
      arn: arn("cloudwatch", `dashboard/${dashboardName}`, ""),
    },
  ],
  // events/bus.go, 2026
  "aws:cloudwatch/eventBus:EventBus": ({ name }) => [
    {
      actions: of(
        "events",
        "CreateEventBus DescribeEventBus UpdateEventBus ListTagsForResource TagResource UntagResource",
      ),
      arn: arn("events", `event-bus/${name}`),
    },
  ],
  // events/rule.go, undated
  "aws:cloudwatch/eventRule:EventRule": ({ name, eventBusName }) => [
    {
      actions: of("events", "PutRule DescribeRule DeleteRule ListTagsForResource TagResource UntagResource"),
      arn: arn("events", ["rule", eventBusName, name].filter(Boolean).join("/")),
    },
  ],
  // events/target.go@0762c41e2027fcd3cb8340d3e6886c6975fc0a59
  "aws:cloudwatch/eventTarget:EventTarget": ({ rule, eventBusName }) => [
    {
      actions: of("events", "PutTargets ListTargetsByRule RemoveTargets"),
      arn: arn("events", ["rule", eventBusName, rule].filter(Boolean).join("/")),
    },
  ],
  // logs/group.go, undated
  "aws:cloudwatch/logGroup:LogGroup": ({ name }) => [
    ...logGroup(
      "CreateLogGroup DeleteLogGroup PutRetentionPolicy AssociateKmsKey DisassociateKmsKey ListTagsForResource TagResource UntagResource",
      name,
    ),
    ...nameless("logs", "DescribeLogGroups"),
  ],
  // logs/metric_filter.go@0f14e6f61f915a586756281ad21fd57e25f57daf
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": ({ logGroupName }) =>
    logGroup("PutMetricFilter DescribeMetricFilters", logGroupName),
  // logs/resource_policy.go@00a35305dc1b297a6fcdecdfbba33f1e63c3da39
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": () =>
    nameless("logs", "PutResourcePolicy DescribeResourcePolicies"),
  // cloudwatch/metric_alarm.go@055611a654738da73e7b1e2b5d2b7672c6d4d531
  "aws:cloudwatch/metricAlarm:MetricAlarm": ({ name }) => [
    {
      actions: of(
        "cloudwatch",
        "PutMetricAlarm DescribeAlarms DeleteAlarms ListTagsForResource TagResource UntagResource",
      ),
      arn: arn("cloudwatch", `alarm:${name}`),
    },
  ],
  // logs/query_definition.go@0ac6a8e1d84d7dc48f49354deca23f694d2a6431
  "aws:cloudwatch/queryDefinition:QueryDefinition": () =>
    nameless("logs", "PutQueryDefinition DescribeQueryDefinitions DeleteQueryDefinition"),
  // dynamodb/table.go, undated: it also asks KMS for AWS's own key, and continues without an answer
  "aws:dynamodb/table:Table": ({ name }) => [
    {
      actions: of(
        "dynamodb",
        "CreateTable DescribeTable UpdateTable DescribeTimeToLive UpdateTimeToLive DescribeContinuousBackups UpdateContinuousBackups ListTagsOfResource TagResource UntagResource",
      ),
      arn: arn("dynamodb", `table/${name}`),
    },
  ],
  // iam/role.go, undated. Without DeleteRolePermissionsBoundary, on purpose: the deploying role must keep boundaries.
  "aws:iam/role:Role": ({ name, permissionsBoundary }) => [
    role(
      `CreateRole GetRole UpdateAssumeRolePolicy TagRole UntagRole DeleteRole ListRolePolicies ListAttachedRolePolicies ListInstanceProfilesForRole PassRole${permissionsBoundary === undefined ? "" : " PutRolePermissionsBoundary"}`,
      // The log role has no name in the program, so Pulumi adds seven characters.
      name ?? "webhook-inbox-api-logs-prod-0a1b2c3",
    ),
  ],
  // iam/role_policy.go@02f97af85f89a04e8ed89f5e8b64a9a67f3cfe07
  "aws:iam/rolePolicy:RolePolicy": (inputs) => [
    role("PutRolePolicy GetRolePolicy DeleteRolePolicy", inputs["role"]),
  ],
  // iam/role_policy_attachment.go, undated
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": () => [
    role("AttachRolePolicy ListAttachedRolePolicies", "webhook-inbox-api-logs-prod-0a1b2c3"),
  ],
  // lambda/event_source_mapping.go@0603f3b6edfc8e5a5dec9f7b9486c6b160740ade
  "aws:lambda/eventSourceMapping:EventSourceMapping": () => [
    ...nameless("lambda", "CreateEventSourceMapping"),
    {
      actions: of(
        "lambda",
        "GetEventSourceMapping UpdateEventSourceMapping DeleteEventSourceMapping ListTags TagResource UntagResource",
      ),
      arn: arn("lambda", "event-source-mapping:0a1b2c3d-0000-0000-0000-000000000000"),
    },
  ],
  // lambda/function.go, undated
  "aws:lambda/function:Function": ({ name }) => [
    lambda(
      "CreateFunction GetFunction GetFunctionConfiguration GetFunctionCodeSigningConfig ListVersionsByFunction UpdateFunctionCode UpdateFunctionConfiguration PutFunctionConcurrency DeleteFunctionConcurrency DeleteFunction TagResource UntagResource",
      name,
    ),
  ],
  // lambda/permission.go@04592f03e5d83a5e1504b52a6d07063ffa3f708d
  "aws:lambda/permission:Permission": (inputs) => [
    lambda("AddPermission GetPolicy RemovePermission", inputs["function"]),
  ],
  // route53/record.go@00655c1681ea1e49ab10cd32d3f8bee372b2095b
  "aws:route53/record:Record": ({ zoneId }) => [
    {
      actions: of("route53", "ChangeResourceRecordSets GetHostedZone ListResourceRecordSets"),
      arn: arn("route53", `hostedzone/${zoneId}`, "", ""),
    },
    { actions: of("route53", "GetChange"), arn: arn("route53", "change/C0123456789", "", "") },
  ],
  // s3/bucket.go, undated, before 6.23, which tags by ListTagsForResource, TagResource and UntagResource:
  // https://github.com/hashicorp/terraform-provider-aws/pull/45251
  "aws:s3/bucket:Bucket": bucket(
    "CreateBucket ListBucket GetAccelerateConfiguration GetBucketAcl GetBucketCORS GetBucketLogging GetBucketObjectLockConfiguration GetBucketPolicy GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration GetLifecycleConfiguration GetReplicationConfiguration ListTagsForResource PutBucketTagging TagResource UntagResource",
  ),
  // s3/bucket_lifecycle_configuration.go, undated
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": bucket(
    "GetLifecycleConfiguration PutLifecycleConfiguration",
  ),
  // s3/bucket_policy.go, 2026
  "aws:s3/bucketPolicy:BucketPolicy": bucket("GetBucketPolicy PutBucketPolicy"),
  // s3/bucket_public_access_block.go, undated
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": bucket(
    "GetBucketPublicAccessBlock PutBucketPublicAccessBlock",
  ),
  // s3/bucket_server_side_encryption_configuration.go@01606926a0c0ab9174aec440f976a48b0baee722
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": bucket(
    "GetEncryptionConfiguration PutEncryptionConfiguration",
  ),
  // sfn/state_machine.go, undated
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
  // sns/topic.go@00a35305dc1b297a6fcdecdfbba33f1e63c3da39
  "aws:sns/topic:Topic": ({ name }) => [
    {
      actions: of(
        "sns",
        "CreateTopic GetTopicAttributes SetTopicAttributes ListTagsForResource TagResource UntagResource",
      ),
      arn: arn("sns", name),
    },
  ],
  // sns/topic_subscription.go@04a2e6e5bc625ec85ea8c678219b483fc674877e
  "aws:sns/topicSubscription:TopicSubscription": ({ topic }) => [
    { actions: of("sns", "Subscribe"), arn: arn("sns", String(topic).split(":").at(-1)) },
    {
      actions: of("sns", "GetSubscriptionAttributes Unsubscribe"),
      arn: arn("sns", `${String(topic).split(":").at(-1)}:0a1b2c3d-0000-0000-0000-000000000000`),
    },
  ],
  // sqs/queue.go, undated
  "aws:sqs/queue:Queue": ({ name }) => [
    queue("CreateQueue GetQueueAttributes SetQueueAttributes ListQueueTags TagQueue UntagQueue")(name),
  ],
  // sqs/queue_policy.go, 2026, and what it calls in attribute_funcs.go, undated
  "aws:sqs/queuePolicy:QueuePolicy": ({ queueUrl }) => [
    queue("GetQueueAttributes SetQueueAttributes")(last(queueUrl)),
  ],
  // wafv2/web_acl_association.go@011a8eed43ed7763ef9de18cbb776eb29c762452. Reading needs GetWebACL, too:
  // https://docs.aws.amazon.com/waf/latest/APIReference/API_GetWebACLForResource.html
  "aws:wafv2/webAclAssociation:WebAclAssociation": ({ webAclArn }) => {
    const actions = of("wafv2", "AssociateWebACL DisassociateWebACL GetWebACLForResource");
    const stage = api("SetWebACL", "/restapis/a1b2c3d4e5/stages/v1");
    const ofAcl = [...actions, ...of("wafv2", "GetWebACL")];
    return [stage, { ...stage, actions }, { actions: ofAcl, arn: String(webAclArn) }];
  },
};

/**
 * Action that the program needs before it declares anything, to read the account's Lambda concurrency.
 * sts:GetCallerIdentity needs no permission. Read in
 * servicequotas/service_quota_data_source.go@01f431114674c27cf790fafb67ac274bf8f765e1.
 */
export const READ_BEFORE: readonly Need[] = [
  { actions: ["servicequotas:GetServiceQuota"], arn: arn("servicequotas", "lambda/L-B99A9384") },
  ...nameless("servicequotas", "GetAWSDefaultServiceQuota"),
];

/**
 * Actions on the key that are needed to encrypt the table and the bus with it.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html#dynamodb-kms-authz
 */
export const needsOfKey = (key: string): Need => ({
  actions: of(
    "kms",
    "CreateGrant Decrypt DescribeKey Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo",
  ),
  arn: key,
});
