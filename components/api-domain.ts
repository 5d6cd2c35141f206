import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { DomainArgs } from "../config";

export interface ApiDomainArgs {
  readonly domain: DomainArgs;
  readonly api: aws.apigateway.RestApi;
  readonly stage: aws.apigateway.Stage;
}

/** Whether an API answers at its domain alone: around a truststore nobody may go. */
export function answersAtDomainAlone(domain: DomainArgs | undefined): boolean {
  return domain?.disableExecuteApiEndpoint === true || domain?.truststoreUri !== undefined;
}

/**
 * Puts an API under a name of its own, at the root. Without a hosted zone an operator points the name to the output
 * `domain_target`.
 */
export function createApiDomain(
  parent: pulumi.Resource,
  name: string,
  { domain, api, stage }: ApiDomainArgs,
): aws.apigateway.DomainName {
  const { certificateArn, hostedZoneId, tlsPolicy = "TLS_1_2", truststoreUri } = domain;
  const domainName = new aws.apigateway.DomainName(
    `${name}-domain`,
    {
      domainName: domain.name,
      regionalCertificateArn: certificateArn,
      endpointConfiguration: { types: "REGIONAL" },
      securityPolicy: tlsPolicy,
      // API Gateway asks for it with the newer policies.
      ...(tlsPolicy.startsWith("SecurityPolicy_") && { endpointAccessMode: "STRICT" }),
      ...(truststoreUri !== undefined && { mutualTlsAuthentication: { truststoreUri } }),
    },
    { parent },
  );
  new aws.apigateway.BasePathMapping(
    `${name}-domain-path`,
    { restApi: api.id, stageName: stage.stageName, domainName: domainName.domainName },
    { parent },
  );
  if (hostedZoneId !== undefined) {
    new aws.route53.Record(
      `${name}-domain-record`,
      {
        zoneId: hostedZoneId,
        name: domain.name,
        type: "A",
        aliases: [
          {
            name: domainName.regionalDomainName,
            zoneId: domainName.regionalZoneId,
            evaluateTargetHealth: false,
          },
        ],
      },
      { parent },
    );
  }
  return domainName;
}
