import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { apiModelsFolder } from "../../../local/install/ministack";

/** A shape of an API model, as botocore writes it. @see https://smithy.io/2.0/aws/protocols/index.html */
export interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, Member>>;
  readonly member?: Member;
  readonly key?: Member;
  readonly value?: Member;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  readonly union?: boolean;
  readonly document?: boolean;
  readonly payload?: string;
}

export interface Member {
  readonly shape: string;
  readonly location?: "uri" | "header" | "headers" | "querystring" | "statusCode";
  readonly locationName?: string;
}

export interface Operation {
  readonly name: string;
  readonly http: { readonly method: string; readonly requestUri: string };
  readonly input?: { readonly shape: string };
  readonly errors?: readonly { readonly shape: string }[];
}

/** The model of one service's API. */
export interface Model {
  readonly metadata: {
    readonly serviceId: string;
    readonly protocol: string;
    readonly targetPrefix?: string;
    readonly endpointPrefix: string;
    readonly signingName?: string;
  };
  readonly operations: Readonly<Record<string, Operation>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** Services whose APIs this project calls, by the names of botocore's folders. */
export const SERVICES = [
  "apigateway",
  "cloudwatch",
  "dynamodb",
  "events",
  "iam",
  "kms",
  "lambda",
  "logs",
  "route53",
  "s3",
  "secretsmanager",
  "sns",
  "sqs",
  "ssm",
  "stepfunctions",
  "wafv2",
  "xray",
] as const;
export type ServiceName = (typeof SERVICES)[number];

export type Models = Readonly<Record<ServiceName, Model>>;

let loaded: Promise<Models> | undefined;

/** Returns AWS's own models of these APIs, each in its newest version. */
export function awsModels(): Promise<Models> {
  loaded ??= apiModelsFolder().then((folder) => {
    if (!existsSync(folder)) throw new Error(`no API models in ${folder}`);
    return Object.fromEntries(
      SERVICES.map((service) => {
        const version = readdirSync(join(folder, service)).sort().at(-1) ?? "";
        const packed = readFileSync(join(folder, service, version, "service-2.json.gz"));
        return [service, JSON.parse(gunzipSync(packed).toString()) as Model];
      }),
    ) as unknown as Models;
  });
  return loaded;
}

/** Returns the service with this `serviceId`, its name in the SDK, such as `CloudWatch Logs`. */
export function serviceWithId(models: Models, serviceId: string): ServiceName {
  const found = SERVICES.find((service) => models[service].metadata.serviceId === serviceId);
  if (!found) throw new Error(`${serviceId} is not among the services in tests/support/aws/model.ts`);
  return found;
}
