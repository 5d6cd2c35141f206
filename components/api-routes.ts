import * as aws from "./aws";
import type * as pulumi from "@pulumi/pulumi";
import { handshakeMethods, requiredHeaders, schemeOf, type ConfiguredScheme } from "../providers";
import type { ApiPart } from "./api-part";

/** Headers of `POST /webhook`, where no path names the provider. */
const GENERIC_HEADERS = ["X-Webhook-Provider", "X-Webhook-Signature"];

/** Arguments that all routes share. */
export interface RoutesArgs {
  /** Parent of the resources. */
  readonly parent: pulumi.Resource;
  /** First part of the resources' names. */
  readonly name: string;
  readonly api: aws.apigateway.RestApi;
  /** ARN by which API Gateway invokes the function behind all routes. */
  readonly invokeArn: pulumi.Input<string>;
  readonly providers: readonly { readonly name: string; readonly scheme: ConfiguredScheme }[];
}

/** Makes `POST /webhook` and one path per provider, which requires the headers of its scheme. */
export function createRoutes(args: RoutesArgs): ApiPart[] {
  return new Routes(args).parts;
}

class Routes {
  readonly parts: ApiPart[] = [];

  constructor(private readonly args: RoutesArgs) {
    const { name, api, providers } = args;
    const validator = this.createValidator();
    const webhook = this.createPath(`${name}-webhook`, api.rootResourceId, "webhook");
    this.createPost(`${name}-webhook`, webhook, validator, GENERIC_HEADERS);
    for (const provider of providers) {
      const own = `${name}-${provider.name}`;
      const scheme = schemeOf(provider.scheme);
      if (!scheme) throw new Error(`provider ${provider.name} has no scheme that is known`);
      const path = this.createPath(own, webhook.id, provider.name);
      this.createPost(own, path, validator, requiredHeaders(scheme));
      // Require no headers: a provider's handshake has none of a webhook's.
      for (const httpMethod of handshakeMethods(scheme)) {
        const handshake = `${own}-${httpMethod.toLowerCase()}`;
        this.createMethod(handshake, handshake, path, { httpMethod });
      }
    }
  }

  /** Adds a resource with the inputs that the API's next snapshot depends on. */
  private note<R extends pulumi.Resource>(resource: R, inputs: object): R {
    this.parts.push({ resource, inputs });
    return resource;
  }

  private createValidator(): aws.apigateway.RequestValidator {
    const { name, api, parent } = this.args;
    const inputs = { name: "required-headers", restApi: api.id, validateRequestParameters: true };
    return this.note(new aws.apigateway.RequestValidator(`${name}-headers`, inputs, { parent }), inputs);
  }

  private createPath(
    name: string,
    parentId: pulumi.Input<string>,
    pathPart: string,
  ): aws.apigateway.Resource {
    const { api, parent } = this.args;
    const inputs = { restApi: api.id, parentId, pathPart };
    return this.note(new aws.apigateway.Resource(name, inputs, { parent }), inputs);
  }

  private createPost(
    name: string,
    path: aws.apigateway.Resource,
    validator: aws.apigateway.RequestValidator,
    headers: readonly string[],
  ): void {
    this.createMethod(`${name}-post`, name, path, {
      httpMethod: "POST",
      requestValidatorId: validator.id,
      requestParameters: Object.fromEntries(
        headers.map((header) => [`method.request.header.${header}`, true]),
      ),
    });
  }

  private createMethod(
    name: string,
    integrationName: string,
    path: aws.apigateway.Resource,
    inputs: Pick<aws.apigateway.MethodArgs, "requestValidatorId" | "requestParameters"> & {
      readonly httpMethod: string;
    },
  ): void {
    const { api, parent, invokeArn } = this.args;
    const methodInputs = {
      restApi: api.id,
      resourceId: path.id,
      // Use no authorizer: the signature is the authorization, and an authorizer does not see the body that it covers.
      authorization: "NONE",
      ...inputs,
    };
    const method = this.note(new aws.apigateway.Method(name, methodInputs, { parent }), methodInputs);
    const integrationInputs = {
      restApi: api.id,
      resourceId: path.id,
      httpMethod: method.httpMethod,
      type: "AWS_PROXY",
      integrationHttpMethod: "POST",
      uri: invokeArn,
    };
    this.note(
      new aws.apigateway.Integration(`${integrationName}-integration`, integrationInputs, { parent }),
      integrationInputs,
    );
  }
}
