import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import type { DomainArgs, Throttle } from "../config";
import { handshakeMethods, schemes, type ConfiguredScheme } from "../providers";
import { answersAtDomainAlone, createApiDomain, tlsOf } from "./api-domain";
import type { ApiPart } from "./api-part";
import { createRoutes } from "./api-routes";
import { createGatewayResponses } from "./gateway-responses";
import type { IngestFunction } from "./ingest-function";
import { physicalName, type Location } from "./naming";
import { trust } from "./policy";
import { pick } from "./pick";

const STAGE = "v1";

/** Longest name that Pulumi can complete by `-` and seven characters to one of an IAM role, which has 64. */
const MAX_LENGTH_TO_COMPLETE = 56;

export interface WebhookApiArgs extends Location {
  /**
   * Providers, each with a path `/webhook/<name>` that requires the headers of its scheme. `throttle` is that path's own
   * limit instead of the stage's.
   */
  readonly providers: readonly {
    readonly name: string;
    readonly scheme: ConfiguredScheme;
    readonly throttle?: Throttle | undefined;
  }[];
  /** The function behind every path. */
  readonly ingest: IngestFunction;
  /** Requests that each path takes at once. */
  readonly throttleBurstLimit: number;
  /** Requests per second that each path takes in the long run. */
  readonly throttleRateLimit: number;
  /** Whether API Gateway counts per method too, which CloudWatch bills: some five metrics for each. */
  readonly detailedMetrics: boolean;
  readonly domain?: DomainArgs | undefined;
  /** ARN of a Regional web ACL of AWS WAF. */
  readonly webAclArn?: string | undefined;
  /** Days that the access log is kept. */
  readonly logRetentionDays: number;
}

/** The REST API: one path per provider, required headers, throttle, access log. */
export class WebhookApi extends pulumi.ComponentResource {
  /** Address of `POST /webhook`; a provider's own is this and `/<name>`. */
  readonly endpoint: pulumi.Output<string>;
  /** What the domain's name has to point to; absent without a domain. */
  readonly domainTarget?: pulumi.Output<string>;
  readonly apiName: pulumi.Output<string>;
  readonly stageName: pulumi.Output<string>;
  /** One line per request, also of those that API Gateway itself rejected. */
  readonly accessLogGroupName: pulumi.Output<string>;

  constructor(name: string, args: WebhookApiArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook-inbox:index:WebhookApi", name, {}, opts);
    const shell = this.createApi(name, args);
    const api = shell.resource;
    const { providers, ingest } = args;
    const parts = [
      shell,
      ...createRoutes({ parent: this, name, api, invokeArn: ingest.invokeArn, providers }),
      ...createGatewayResponses(this, name, api),
    ];
    const permissions = this.letApiInvoke(name, api, args);
    const deployment = this.deploy(name, api, parts);
    const accessLog = this.createAccessLog(name, args);
    const stage = this.createStage(name, api, deployment, permissions, accessLog, args);
    this.throttle(name, api, stage, args);
    const { domain, webAclArn } = args;
    if (domain) this.domainTarget = createApiDomain(this, name, { domain, api, stage }).regionalDomainName;
    if (webAclArn !== undefined) {
      new aws.wafv2.WebAclAssociation(
        `${name}-web-acl`,
        { resourceArn: stage.arn, webAclArn },
        { parent: this },
      );
    }
    this.endpoint = domain
      ? pulumi.output(`https://${domain.name}/webhook`)
      : pulumi.interpolate`${stage.invokeUrl}/webhook`;
    this.apiName = api.name;
    this.stageName = stage.stageName;
    this.accessLogGroupName = accessLog.name;
    this.registerOutputs(pick(this, "endpoint", "apiName", "stageName", "accessLogGroupName"));
  }

  private createApi(
    name: string,
    args: WebhookApiArgs,
  ): ApiPart & { readonly resource: aws.apigateway.RestApi } {
    const inputs = {
      name: physicalName(args, "api"),
      description: "Takes webhooks",
      // Every body reaches the function byte for byte: API Gateway would repair text that is not UTF-8, and break its signature.
      binaryMediaTypes: ["*/*"],
      endpointConfiguration: { types: "REGIONAL" },
      ...(answersAtDomainAlone(args.domain) && { disableExecuteApiEndpoint: true }),
      ...tlsOf(args.domain),
    };
    return { resource: new aws.apigateway.RestApi(name, inputs, { parent: this }), inputs };
  }

  /**
   * One permission for each method that a scheme can use, whichever providers there are: the route of a removed
   * provider stays in the stage's snapshot until the next one, and the function must be there to answer it with 404.
   */
  private letApiInvoke(
    name: string,
    api: aws.apigateway.RestApi,
    { ingest }: WebhookApiArgs,
  ): aws.lambda.Permission[] {
    const methods = new Set(["POST", ...Object.values(schemes).flatMap(handshakeMethods)]);
    return [...methods].map(
      (method) =>
        new aws.lambda.Permission(
          method === "POST" ? `${name}-invoke` : `${name}-invoke-${method.toLowerCase()}`,
          {
            action: "lambda:InvokeFunction",
            function: ingest.functionName,
            principal: "apigateway.amazonaws.com",
            sourceArn: pulumi.interpolate`${api.executionArn}/${STAGE}/${method}/webhook*`,
          },
          { parent: this },
        ),
    );
  }

  /** Takes a snapshot of the API whenever an input of any of its parts changes; the stage serves the newest. */
  private deploy(
    name: string,
    api: aws.apigateway.RestApi,
    parts: readonly ApiPart[],
  ): aws.apigateway.Deployment {
    const inputs = pulumi
      .jsonStringify(parts.map((part) => part.inputs))
      .apply((text) => createHash("sha256").update(text).digest("hex"));
    return new aws.apigateway.Deployment(
      name,
      { restApi: api.id, triggers: { inputs } },
      { parent: this, dependsOn: parts.map(({ resource }) => resource) },
    );
  }

  private createAccessLog(name: string, args: WebhookApiArgs): aws.cloudwatch.LogGroup {
    return new aws.cloudwatch.LogGroup(
      `${name}-access-log`,
      {
        name: `/aws/apigateway/${physicalName(args, "api")}`,
        retentionInDays: args.logRetentionDays,
      },
      { parent: this },
    );
  }

  private createStage(
    name: string,
    api: aws.apigateway.RestApi,
    deployment: aws.apigateway.Deployment,
    permissions: readonly aws.lambda.Permission[],
    accessLog: aws.cloudwatch.LogGroup,
    args: WebhookApiArgs,
  ): aws.apigateway.Stage {
    const account = this.letApiGatewayWriteLogs(name, args);
    return new aws.apigateway.Stage(
      name,
      {
        restApi: api.id,
        deployment: deployment.id,
        stageName: STAGE,
        xrayTracingEnabled: true,
        accessLogSettings: { destinationArn: accessLog.arn, format: ACCESS_LOG_FORMAT },
      },
      { parent: this, dependsOn: [account, ...permissions] },
    );
  }

  /**
   * API Gateway writes logs with one role for the whole account and Region: the stack that was deployed last sets it, and
   * it stays when the stack goes, since other stacks' APIs use it too. Pulumi forgets what stays, so it must not have a
   * name of its own: the next deployment would find it taken. Pulumi makes one of the logical name and random characters.
   */
  private letApiGatewayWriteLogs(name: string, args: WebhookApiArgs): aws.apigateway.Account {
    const role = new aws.iam.Role(
      physicalName(args, "api-logs", MAX_LENGTH_TO_COMPLETE),
      { assumeRolePolicy: trust("apigateway.amazonaws.com") },
      // Its logical name before it had the suffix.
      { parent: this, retainOnDelete: true, aliases: [{ name: `${name}-logs-role` }] },
    );
    const policyArn = pulumi.interpolate`arn:${args.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`;
    const rights = new aws.iam.RolePolicyAttachment(
      `${name}-logs-policy`,
      { role: role.name, policyArn },
      { parent: this, retainOnDelete: true },
    );
    return new aws.apigateway.Account(
      `${name}-account`,
      { cloudwatchRoleArn: role.arn },
      // API Gateway tries the role before it takes it.
      { parent: this, retainOnDelete: true, dependsOn: rights },
    );
  }

  /**
   * API Gateway counts per method of the stage, also under the setting for all of them: each path has a bucket of its own.
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
   */
  private throttle(
    name: string,
    api: aws.apigateway.RestApi,
    stage: aws.apigateway.Stage,
    args: WebhookApiArgs,
  ): void {
    const metricsEnabled = args.detailedMetrics;
    const limit = (part: string, methodPath: string, { burst, rate }: Throttle, after?: pulumi.Resource) =>
      new aws.apigateway.MethodSettings(
        `${name}-${part}`,
        {
          restApi: api.id,
          stageName: stage.stageName,
          methodPath,
          settings: { throttlingBurstLimit: burst, throttlingRateLimit: rate, metricsEnabled },
        },
        { parent: this, ...(after && { dependsOn: after }) },
      );
    const { throttleBurstLimit: burst, throttleRateLimit: rate } = args;
    // One after the other: each is an update of the same stage, and two at once are rejected.
    let previous = limit("throttle", "*/*", { burst, rate });
    for (const provider of args.providers) {
      if (!provider.throttle) continue;
      const path = `~1webhook~1${provider.name}/POST`;
      previous = limit(`${provider.name}-throttle`, path, provider.throttle, previous);
    }
  }
}

/** One JSON line per request, with no header and no body: both can hold what is secret. */
const ACCESS_LOG_FORMAT = JSON.stringify({
  requestId: "$context.requestId",
  time: "$context.requestTimeEpoch",
  sourceIp: "$context.identity.sourceIp",
  path: "$context.resourcePath",
  status: "$context.status",
  error: "$context.error.message",
  integrationError: "$context.integration.error",
  latencyMs: "$context.responseLatency",
  bytes: "$context.responseLength",
  trace: "$context.xrayTraceId",
});
