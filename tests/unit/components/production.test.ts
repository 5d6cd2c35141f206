import { runProgram, type Program } from "../../support/program";

jest.setTimeout(120_000);

const ACL = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/inbox/0a1b2c3d-0000-0000-0000-000000000000";
const domain = {
  name: "hooks.example.com",
  certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d",
};
const API = "aws:apigateway/restApi:RestApi";
const DOMAIN = "aws:apigateway/domainName:DomainName";
const RECORD = "aws:route53/record:Record";

describe("a domain of the inbox's own", () => {
  let program: Program;
  beforeAll(async () => {
    program = await runProgram({ domain: { ...domain, hostedZoneId: "Z0123456789" }, webAclArn: ACL });
  });

  test("is Regional with its certificate, takes no TLS below 1.2, and leads to the stage at its root", () => {
    expect(program.one(DOMAIN).inputs).toMatchObject({
      domainName: domain.name,
      regionalCertificateArn: domain.certificateArn,
      endpointConfiguration: { types: "REGIONAL" },
      securityPolicy: "TLS_1_2",
    });
    const { inputs } = program.one("aws:apigateway/basePathMapping:BasePathMapping");
    expect(inputs).toMatchObject({ domainName: domain.name, restApi: "inbox-api-id", stageName: "v1" });
    expect(inputs).not.toHaveProperty("basePath");
  });

  test("has a record in its zone, and is the address that the outputs give", () => {
    expect(program.one(RECORD).inputs).toMatchObject({ zoneId: "Z0123456789", name: domain.name, type: "A" });
    expect(program.outputs["api_endpoint"]).toBe("https://hooks.example.com/webhook");
  });

  test("leaves API Gateway's own address open, unless it is to be closed", async () => {
    expect(program.one(API).inputs).not.toHaveProperty("disableExecuteApiEndpoint");
    const closed = await runProgram({ domain: { ...domain, disableExecuteApiEndpoint: true } });
    expect(closed.one(API).inputs).toMatchObject({ disableExecuteApiEndpoint: true });
    expect(closed.all(RECORD)).toEqual([]);
  });

  test("shares its TLS policy with the API, whose own is negotiated", async () => {
    const tlsPolicy = "SecurityPolicy_TLS13_1_3_2025_09";
    const strict = await runProgram({ domain: { ...domain, tlsPolicy } });
    for (const type of [DOMAIN, API])
      expect(strict.one(type).inputs).toMatchObject({
        securityPolicy: tlsPolicy,
        endpointAccessMode: "BASIC",
      });
    expect(program.one(API).inputs).not.toHaveProperty("securityPolicy");
  });

  test("takes the client certificates of a truststore, and no way leads around it", async () => {
    const truststoreUri = "s3://certificates/clients.pem";
    const mutual = await runProgram({ domain: { ...domain, truststoreUri } });
    expect(mutual.one(DOMAIN).inputs).toMatchObject({ mutualTlsAuthentication: { truststoreUri } });
    expect(mutual.one(API).inputs).toMatchObject({ disableExecuteApiEndpoint: true });
  });

  test("a web ACL stands before the stage, and so before every address", () => {
    expect(program.one("aws:wafv2/webAclAssociation:WebAclAssociation").inputs).toMatchObject({
      webAclArn: ACL,
      resourceArn: expect.stringContaining("apigateway") as string,
    });
  });
});

test("the table can be restored to a second only where that is said: DynamoDB bills it", async () => {
  const TABLE = "aws:dynamodb/table:Table";
  const program = await runProgram({ pointInTimeRecovery: true });
  expect(program.one(TABLE).inputs).toMatchObject({ pointInTimeRecovery: { enabled: true } });
  expect((await runProgram()).one(TABLE).inputs).not.toHaveProperty("pointInTimeRecovery");
});

test("stacks with other suffixes share no name that is global: of a role, or of a bucket", async () => {
  const globalNames = async (environmentSuffix: string) => {
    const { resources } = await runProgram({ environmentSuffix });
    const named = resources.filter(({ type }) => /:Role$|:Bucket$/.test(type));
    expect(named.length).toBeGreaterThan(5);
    // A role without a name gets one of its logical name and random characters.
    return named.map(({ name, inputs }) => String(inputs["name"] ?? inputs["bucket"] ?? name));
  };
  const [europe, america] = [await globalNames("prod-eu"), await globalNames("prod-us")];
  expect(europe.filter((name) => america.includes(name))).toEqual([]);
});
