import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateRequestValidatorCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  CreateStageCommand,
  PutGatewayResponseCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  UpdateAccountCommand,
  UpdateStageCommand,
  type GatewayResponseType,
  type IntegrationType,
  type PatchOperation,
} from "@aws-sdk/client-api-gateway";
import type * as aws from "../../components/aws";
import { ACCOUNT_ID, REGION } from "../emulator";
import type { Inputs, Service } from "./resource";

const replace = (path: string, value: unknown): PatchOperation => ({
  op: "replace",
  path,
  value: String(value),
});

// A table with one entry per resource type, so its length is not complexity.
// eslint-disable-next-line max-lines-per-function
export const apigateway: Service = ({ client, endpoint }) => {
  const sdk = new APIGatewayClient(client);
  return {
    "aws:apigateway/restApi:RestApi": async (inputs: Inputs<aws.apigateway.RestApiArgs>) => {
      const { id = "", rootResourceId } = await sdk.send(
        new CreateRestApiCommand({
          name: inputs.name,
          description: inputs.description,
          binaryMediaTypes: inputs.binaryMediaTypes,
          endpointConfiguration: { types: ["REGIONAL"] },
          tags: inputs.tags,
        }),
      );
      const executionArn = `arn:aws:execute-api:${REGION}:${ACCOUNT_ID}:${id}`;
      return { id, state: { rootResourceId, executionArn } };
    },
    "aws:apigateway/resource:Resource": async (inputs: Inputs<aws.apigateway.ResourceArgs>) => {
      const { restApi, parentId, pathPart } = inputs;
      const { id = "", path } = await sdk.send(
        new CreateResourceCommand({ restApiId: String(restApi), parentId, pathPart }),
      );
      return { id, state: { path } };
    },
    "aws:apigateway/requestValidator:RequestValidator": async (
      inputs: Inputs<aws.apigateway.RequestValidatorArgs>,
    ) => {
      const { id = "" } = await sdk.send(
        new CreateRequestValidatorCommand({
          restApiId: String(inputs.restApi),
          name: inputs.name,
          validateRequestParameters: inputs.validateRequestParameters,
          validateRequestBody: inputs.validateRequestBody,
        }),
      );
      return { id, state: {} };
    },
    "aws:apigateway/method:Method": async (inputs: Inputs<aws.apigateway.MethodArgs>) => {
      await sdk.send(
        new PutMethodCommand({
          restApiId: String(inputs.restApi),
          resourceId: inputs.resourceId,
          httpMethod: inputs.httpMethod,
          authorizationType: inputs.authorization,
          requestValidatorId: inputs.requestValidatorId,
          requestParameters: inputs.requestParameters,
        }),
      );
      return { id: `${inputs.resourceId}-${inputs.httpMethod}`, state: {} };
    },
    "aws:apigateway/integration:Integration": async (inputs: Inputs<aws.apigateway.IntegrationArgs>) => {
      await sdk.send(
        new PutIntegrationCommand({
          restApiId: String(inputs.restApi),
          resourceId: inputs.resourceId,
          httpMethod: inputs.httpMethod,
          type: inputs.type as IntegrationType,
          integrationHttpMethod: inputs.integrationHttpMethod,
          uri: inputs.uri,
        }),
      );
      return { id: `${inputs.resourceId}-${inputs.httpMethod}-integration`, state: {} };
    },
    "aws:apigateway/response:Response": async (inputs: Inputs<aws.apigateway.ResponseArgs>) => {
      await sdk.send(
        new PutGatewayResponseCommand({
          restApiId: inputs.restApiId,
          responseType: inputs.responseType as GatewayResponseType,
          statusCode: inputs.statusCode,
          responseParameters: inputs.responseParameters,
          responseTemplates: inputs.responseTemplates,
        }),
      );
      return { id: `${inputs.restApiId}-${inputs.responseType}`, state: {} };
    },
    "aws:apigateway/deployment:Deployment": async (inputs: Inputs<aws.apigateway.DeploymentArgs>) => {
      const { id = "" } = await sdk.send(new CreateDeploymentCommand({ restApiId: String(inputs.restApi) }));
      return { id, state: {} };
    },
    "aws:apigateway/stage:Stage": async (inputs: Inputs<aws.apigateway.StageArgs>) => {
      const stage = { restApiId: String(inputs.restApi), stageName: inputs.stageName };
      await sdk.send(
        new CreateStageCommand({
          ...stage,
          deploymentId: String(inputs.deployment),
          tracingEnabled: inputs.xrayTracingEnabled,
          tags: inputs.tags,
        }),
      );
      await sdk.send(
        new UpdateStageCommand({
          ...stage,
          patchOperations: [
            replace("/accessLogSettings/destinationArn", inputs.accessLogSettings?.destinationArn),
            replace("/accessLogSettings/format", inputs.accessLogSettings?.format),
          ],
        }),
      );
      const invokeUrl = `${endpoint}/restapis/${stage.restApiId}/${stage.stageName}/_user_request_`;
      return { id: `${stage.restApiId}-${stage.stageName}`, state: { invokeUrl } };
    },
    "aws:apigateway/methodSettings:MethodSettings": async (
      inputs: Inputs<aws.apigateway.MethodSettingsArgs>,
    ) => {
      await sdk.send(
        new UpdateStageCommand({
          restApiId: String(inputs.restApi),
          stageName: inputs.stageName,
          patchOperations: [
            replace(`/${inputs.methodPath}/throttling/burstLimit`, inputs.settings.throttlingBurstLimit),
            replace(`/${inputs.methodPath}/throttling/rateLimit`, inputs.settings.throttlingRateLimit),
            replace(`/${inputs.methodPath}/metrics/enabled`, inputs.settings.metricsEnabled),
          ],
        }),
      );
      return { id: `${String(inputs.restApi)}-settings`, state: {} };
    },
    "aws:apigateway/account:Account": async (inputs: Inputs<aws.apigateway.AccountArgs>) => {
      await sdk.send(
        new UpdateAccountCommand({
          patchOperations: [replace("/cloudwatchRoleArn", inputs.cloudwatchRoleArn)],
        }),
      );
      return { id: "api-gateway-account", state: {} };
    },
  };
};
