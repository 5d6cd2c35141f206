import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { DomainArgs } from "../config";
import { isEnhanced } from "../config/domain";

export interface ApiDomainArgs {
  readonly domain: DomainArgs;
  readonly api: aws.apigateway.RestApi;
  readonly stage: aws.apigateway.Stage;
}

/** API Gateway asks for an access mode with the newer policies; `STRICT` rejects callers whose `Host` is not what TLS names. */
interface Tls {
  readonly securityPolicy: string;
  readonly endpointAccessMode: "BASIC";
}

/** Whether an API answers at its domain alone: around a truststore nobody may go. */
export function answersAtDomainAlone(domain: DomainArgs | undefined): boolean {
  return domain?.disableExecuteApiEndpoint === true || domain?.truststoreUri !== undefined;
}

/**
 * Returns how the API's own addresses negotiate TLS. Where a domain has one of the newer policies it is the API's that
 * API Gateway negotiates with, so both have the same; with the older ones the domain's own holds.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-update.html
 */
export function tlsOf(domain: DomainArgs | undefined): Tls | undefined {
  const { tlsPolicy } = domain ?? {};
  if (tlsPolicy === undefined || !isEnhanced(tlsPolicy)) return undefined;
  return { securityPolicy: tlsPolicy, endpointAccessMode: "BASIC" };
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
  const { certificateArn, hostedZoneId, truststoreUri } = domain;
  const domainName = new aws.apigateway.DomainName(
    `${name}-domain`,
    {
      domainName: domain.name,
      regionalCertificateArn: certificateArn,
      endpointConfiguration: { types: "REGIONAL" },
      ...(tlsOf(domain) ?? { securityPolicy: "TLS_1_2" }),
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
