import * as aws from "./aws";
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

/**
 * Maximum length of a name to which Pulumi can add `-` and seven characters without exceeding the 64 of an IAM role.
 */
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
  /** Function behind every path. */
  readonly ingest: IngestFunction;
  /** Burst limit of each path, in requests. */
  readonly throttleBurstLimit: number;
  /** Sustained rate limit of each path, in requests per second. */
  readonly throttleRateLimit: number;
  /** Whether API Gateway also counts per method; CloudWatch bills some five metrics for each. */
  readonly detailedMetrics: boolean;
  readonly domain?: DomainArgs | undefined;
  /** ARN of a Regional web ACL of AWS WAF. */
  readonly webAclArn?: string | undefined;
  /** Days for which the access log is kept. */
  readonly logRetentionDays: number;
}

/** The REST API: one path per provider, required headers, throttle, access log. */
export class WebhookApi extends pulumi.ComponentResource {
  /** Address of `POST /webhook`; the address of a provider is this followed by `/<name>`. */
  readonly endpoint: pulumi.Output<string>;
  /** Target of the record for the domain's name; absent without a domain. */
  readonly domainTarget?: pulumi.Output<string>;
  readonly apiName: pulumi.Output<string>;
  readonly stageName: pulumi.Output<string>;
  /** Name of the log group with one line per request, including those that API Gateway itself rejected. */
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
      // Treat every body as binary, so that it reaches the function byte for byte: API Gateway would repair text that
      // is not UTF-8, and break its signature.
      binaryMediaTypes: ["*/*"],
      endpointConfiguration: { types: "REGIONAL" },
      ...(answersAtDomainAlone(args.domain) && { disableExecuteApiEndpoint: true }),
      ...tlsOf(args.domain),
    };
    return { resource: new aws.apigateway.RestApi(name, inputs, { parent: this }), inputs };
  }

  /**
   * Creates a permission for each method that any scheme can use, configured or not: the route of a removed provider
   * stays in the stage's snapshot until the next one, and the function must be able to answer it with 404.
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
   * Creates the role with which API Gateway writes logs, one for the whole account and Region. The last deployed stack
   * sets it, and it stays when that stack is destroyed, since other stacks' APIs use it too. Pulumi forgets retained
   * resources, so the role must not have a fixed name: the next deployment would find it taken. Pulumi derives a name
   * from the logical name and random characters.
   */
  private letApiGatewayWriteLogs(name: string, args: WebhookApiArgs): aws.apigateway.Account {
    const role = new aws.iam.Role(
      physicalName(args, "api-logs", MAX_LENGTH_TO_COMPLETE),
      { assumeRolePolicy: trust("apigateway.amazonaws.com") },
      // Keep the role of earlier versions, whose logical name had no suffix.
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
      // Wait for the permissions, since API Gateway tests the role before accepting it.
      { parent: this, retainOnDelete: true, dependsOn: rights },
    );
  }

  /**
   * Sets the throttle limits. API Gateway counts per method of the stage, even with a setting for all methods: each
   * path has its own token bucket.
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
    // Set limits one after the other: each updates the same stage, which rejects concurrent updates.
    let previous = limit("throttle", "*/*", { burst, rate });
    for (const provider of args.providers) {
      if (!provider.throttle) continue;
      const path = `~1webhook~1${provider.name}/POST`;
      previous = limit(`${provider.name}-throttle`, path, provider.throttle, previous);
    }
  }
}

/** Format of the access log: one JSON line per request, without headers and bodies, since both can contain secrets. */
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
