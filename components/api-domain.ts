import * as aws from "./aws";
import type * as pulumi from "@pulumi/pulumi";
import type { DomainArgs } from "../config";
import { isEnhanced } from "../config/domain";

export interface ApiDomainArgs {
  readonly domain: DomainArgs;
  readonly api: aws.apigateway.RestApi;
  readonly stage: aws.apigateway.Stage;
}

/**
 * TLS settings of an API. API Gateway requires an access mode with the newer policies; `STRICT` would reject callers
 * whose `Host` differs from the name in TLS.
 */
interface Tls {
  readonly securityPolicy: string;
  readonly endpointAccessMode: "BASIC";
}

/**
 * Returns whether an API answers at its domain only; with a truststore it must, since other addresses would bypass it.
 */
export function answersAtDomainAlone(domain: DomainArgs | undefined): boolean {
  return domain?.disableExecuteApiEndpoint === true || domain?.truststoreUri !== undefined;
}

/**
 * Returns the TLS settings of the API's own addresses. For a domain with one of the newer policies, API Gateway applies
 * the policy of the API, so both have the same one; with the older policies, the domain's own applies.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-update.html
 */
export function tlsOf(domain: DomainArgs | undefined): Tls | undefined {
  const { tlsPolicy } = domain ?? {};
  if (tlsPolicy === undefined || !isEnhanced(tlsPolicy)) return undefined;
  return { securityPolicy: tlsPolicy, endpointAccessMode: "BASIC" };
}

/**
 * Creates a custom domain for an API, at its root. Without a hosted zone, an operator points the name to the output
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
