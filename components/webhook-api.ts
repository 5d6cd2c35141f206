import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import { questionMethods, requiredHeaders, schemes, type Scheme } from "../providers";
import { MAX_BODY_BYTES } from "../functions/domain/payload";
import { physicalName, type Naming } from "./naming";
import { trust } from "./policy";

const STAGE = "v1";

/** Longest name that Pulumi can complete by `-` and seven characters to one of an IAM role, which has 64. */
const MAX_LENGTH_TO_COMPLETE = 56;

/** Headers of `POST /webhook`, where no path names the provider. */
const GENERIC_HEADERS = ["X-Webhook-Provider", "X-Webhook-Signature"];

/** A token bucket: so many requests at once, refilled at so many per second. */
export interface Throttle {
  readonly burst: number;
  readonly rate: number;
}

export interface WebhookApiArgs extends Naming {
  /**
   * Providers, each with a path `/webhook/<name>` that requires the headers of its scheme. `throttle` is that path's own
   * limit instead of the stage's.
   */
  readonly providers: readonly {
    readonly name: string;
    readonly scheme: string;
    readonly throttle?: Throttle | undefined;
  }[];
  /** Partition of the account, such as `aws` or `aws-us-gov`: part of every ARN. */
  readonly partition: pulumi.Input<string>;
  readonly functionName: pulumi.Input<string>;
  readonly invokeArn: pulumi.Input<string>;
  /** Requests that each path takes at once. @default 5000 */
  readonly throttleBurstLimit?: number;
  /** Requests per second that each path takes in the long run. @default 10000 */
  readonly throttleRateLimit?: number;
  /** Whether API Gateway counts per method too, which CloudWatch bills: some five metrics for each. @default false */
  readonly detailedMetrics?: boolean;
  /** Days that the access log is kept. @default 7 */
  readonly logRetentionDays?: number;
}

interface GatewayResponse {
  readonly type: string;
  readonly status?: number;
  readonly title: string;
  /** A mapping expression, or a JSON string. */
  readonly detail: string;
  /** Seconds after which the sender should come again. */
  readonly retryAfter?: number;
}

/**
 * Answers that API Gateway gives itself, as RFC 9457 problem details. Only texts of API Gateway about the request are
 * passed on; those of a failure behind it are not. That failure is a function that crashed, took too long, or is at the
 * limit of its concurrency: all of them pass, so all of them are 503.
 *
 * A body between what the function takes and 10 MB is refused by Lambda, "Request Too Long", and answered here with 413 by
 * REQUEST_TOO_LARGE or DEFAULT_4XX. One above 10 MB does not get as far as the API: AWS answers 413 in plain text.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 * @see https://github.com/koki-develop/lgtm-generator/issues/10
 */
const GATEWAY_RESPONSES: readonly GatewayResponse[] = [
  {
    type: "MISSING_AUTHENTICATION_TOKEN",
    status: 404,
    title: "Unknown provider",
    detail: '"No provider of this name is configured here, or the method is not POST."',
  },
  {
    type: "BAD_REQUEST_PARAMETERS",
    status: 400,
    title: "Malformed request",
    detail: "$context.error.messageString",
  },
  {
    type: "REQUEST_TOO_LARGE",
    status: 413,
    title: "Payload too large",
    detail: JSON.stringify(`The body is too large; at most ${MAX_BODY_BYTES} bytes are taken.`),
  },
  {
    type: "THROTTLED",
    status: 429,
    title: "Too many requests",
    detail: "$context.error.messageString",
    retryAfter: 1,
  },
  { type: "DEFAULT_4XX", title: "Request refused", detail: "$context.error.messageString" },
  {
    type: "DEFAULT_5XX",
    status: 503,
    title: "Temporarily unavailable",
    detail: '"The webhook could not be stored. Send it again."',
    retryAfter: 5,
  },
];

/** A resource that a deployment of the API takes a snapshot of, and the inputs that decide what the snapshot holds. */
interface Part {
  readonly resource: pulumi.Resource;
  readonly inputs: object;
}

/** The REST API: one path per provider, required headers, throttle, access log. */
export class WebhookApi extends pulumi.ComponentResource {
  /** Address of `POST /webhook`; a provider's own is this and `/<name>`. */
  readonly endpoint: pulumi.Output<string>;
  readonly apiName: pulumi.Output<string>;
  readonly stageName: pulumi.Output<string>;
  /** One line per request, also of those that API Gateway itself refused. */
  readonly accessLogGroupName: pulumi.Output<string>;

  constructor(name: string, args: WebhookApiArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook-inbox:index:WebhookApi", name, {}, opts);
    const shell = this.createApi(name, args);
    const api = shell.resource;
    const parts = [shell, ...this.createRoutes(name, api, args), ...this.createGatewayResponses(name, api)];
    const permissions = this.letApiInvoke(name, api, args);
    const deployment = this.deploy(name, api, parts);
    const accessLog = this.createAccessLog(name, args);
    const stage = this.createStage(name, api, deployment, permissions, accessLog, args);
    this.throttle(name, api, stage, args);
    this.endpoint = pulumi.interpolate`${stage.invokeUrl}/webhook`;
    this.apiName = api.name;
    this.stageName = stage.stageName;
    this.accessLogGroupName = accessLog.name;
    this.registerOutputs({
      endpoint: this.endpoint,
      apiName: this.apiName,
      stageName: this.stageName,
      accessLogGroupName: this.accessLogGroupName,
    });
  }

  private createApi(
    name: string,
    args: WebhookApiArgs,
  ): Part & { readonly resource: aws.apigateway.RestApi } {
    const inputs = {
      name: physicalName(args, "api"),
      description: "Takes webhooks",
      // Every body reaches the function byte for byte: API Gateway would repair text that is not UTF-8, and break its signature.
      binaryMediaTypes: ["*/*"],
      endpointConfiguration: { types: "REGIONAL" },
    };
    return { resource: new aws.apigateway.RestApi(name, inputs, { parent: this }), inputs };
  }

  private createRoutes(name: string, api: aws.apigateway.RestApi, args: WebhookApiArgs): Part[] {
    const required = { name: "required-headers", restApi: api.id, validateRequestParameters: true };
    const validator = new aws.apigateway.RequestValidator(`${name}-headers`, required, { parent: this });
    const webhook = this.createPath(`${name}-webhook`, api, api.rootResourceId, "webhook");
    return [
      { resource: validator, inputs: required },
      webhook,
      ...this.createPost(`${name}-webhook`, api, webhook.resource, validator, GENERIC_HEADERS, args),
      ...args.providers.flatMap((provider) => {
        const own = `${name}-${provider.name}`;
        const path = this.createPath(own, api, webhook.resource.id, provider.name);
        const scheme = schemeOf(provider.scheme);
        return [
          path,
          ...this.createPost(own, api, path.resource, validator, requiredHeaders(scheme), args),
          // A sender's question has none of a webhook's headers, so nothing is required of it.
          ...questionMethods(scheme).flatMap((method) =>
            this.createMethod(
              `${own}-${method.toLowerCase()}`,
              api,
              path.resource,
              { httpMethod: method },
              args,
            ),
          ),
        ];
      }),
    ];
  }

  private createPath(
    name: string,
    api: aws.apigateway.RestApi,
    parentId: pulumi.Input<string>,
    pathPart: string,
  ): Part & { readonly resource: aws.apigateway.Resource } {
    const inputs = { restApi: api.id, parentId, pathPart };
    return { resource: new aws.apigateway.Resource(name, inputs, { parent: this }), inputs };
  }

  private createPost(
    name: string,
    api: aws.apigateway.RestApi,
    path: aws.apigateway.Resource,
    validator: aws.apigateway.RequestValidator,
    headers: readonly string[],
    args: WebhookApiArgs,
  ): Part[] {
    const method = {
      httpMethod: "POST",
      requestValidatorId: validator.id,
      requestParameters: Object.fromEntries(
        headers.map((header) => [`method.request.header.${header}`, true]),
      ),
    };
    return this.createMethod(name, api, path, method, args);
  }

  private createMethod(
    name: string,
    api: aws.apigateway.RestApi,
    path: aws.apigateway.Resource,
    args: Pick<aws.apigateway.MethodArgs, "requestValidatorId" | "requestParameters"> & {
      readonly httpMethod: string;
    },
    { invokeArn }: WebhookApiArgs,
  ): Part[] {
    const methodInputs = {
      restApi: api.id,
      resourceId: path.id,
      // The signature is the authorization; an authorizer does not see the body that it covers.
      authorization: "NONE",
      ...args,
    };
    const method = new aws.apigateway.Method(
      args.httpMethod === "POST" ? `${name}-post` : name,
      methodInputs,
      { parent: this },
    );
    const integrationInputs = {
      restApi: api.id,
      resourceId: path.id,
      httpMethod: method.httpMethod,
      type: "AWS_PROXY",
      integrationHttpMethod: "POST",
      uri: invokeArn,
    };
    const integration = new aws.apigateway.Integration(`${name}-integration`, integrationInputs, {
      parent: this,
    });
    return [
      { resource: method, inputs: methodInputs },
      { resource: integration, inputs: integrationInputs },
    ];
  }

  private createGatewayResponses(name: string, api: aws.apigateway.RestApi): Part[] {
    return GATEWAY_RESPONSES.map((response) => {
      const inputs = {
        restApiId: api.id,
        responseType: response.type,
        ...(response.status !== undefined && { statusCode: String(response.status) }),
        responseParameters: {
          "gatewayresponse.header.Content-Type": "'application/problem+json'",
          ...(response.retryAfter !== undefined && {
            "gatewayresponse.header.Retry-After": `'${response.retryAfter}'`,
          }),
        },
        responseTemplates: { "application/json": problemTemplate(response) },
      };
      const part = response.type.toLowerCase().replaceAll("_", "-");
      return { resource: new aws.apigateway.Response(`${name}-${part}`, inputs, { parent: this }), inputs };
    });
  }

  /**
   * One permission for each method that a scheme can use, whichever providers there are: the route of a removed
   * provider stays in the stage's snapshot until the next one, and the function must be there to answer it with 404.
   */
  private letApiInvoke(
    name: string,
    api: aws.apigateway.RestApi,
    { functionName }: WebhookApiArgs,
  ): aws.lambda.Permission[] {
    const methods = new Set(["POST", ...Object.values(schemes).flatMap(questionMethods)]);
    return [...methods].map(
      (method) =>
        new aws.lambda.Permission(
          method === "POST" ? `${name}-invoke` : `${name}-invoke-${method.toLowerCase()}`,
          {
            action: "lambda:InvokeFunction",
            function: functionName,
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
    parts: readonly Part[],
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
        retentionInDays: args.logRetentionDays ?? 7,
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
    const metricsEnabled = args.detailedMetrics ?? false;
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
    const burst = args.throttleBurstLimit ?? 5_000;
    const rate = args.throttleRateLimit ?? 10_000;
    // One after the other: each is an update of the same stage, and two at once are refused.
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

function problemTemplate(response: GatewayResponse): string {
  const status = response.status !== undefined ? `"status":${response.status},` : "";
  return `{"type":"about:blank","title":${JSON.stringify(response.title)},${status}"detail":${response.detail},"requestId":"$context.requestId"}`;
}

function schemeOf(id: string): Scheme {
  const scheme = schemes[id];
  if (!scheme) throw new Error(`there is no scheme ${id}`);
  return scheme;
}
