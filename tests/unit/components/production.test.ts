import { readFileSync } from "node:fs";
import { ACCOUNT, runProgram, statements, type Declared, type Program } from "../../support/program";

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

test("every role has the permissions boundary that is configured, and none without it", async () => {
  const boundaryOf = async (config: { permissionsBoundaryArn?: string }) => {
    const roles = (await runProgram(config)).all("aws:iam/role:Role");
    return new Set(roles.map(({ inputs }) => inputs["permissionsBoundary"] as unknown));
  };
  const permissionsBoundaryArn = `arn:aws:iam::${ACCOUNT}:policy/inbox`;
  expect(await boundaryOf({ permissionsBoundaryArn })).toEqual(new Set([permissionsBoundaryArn]));
  expect(await boundaryOf({})).toEqual(new Set([undefined]));
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

describe("a KMS key of one's own", () => {
  const key = `arn:aws:kms:us-east-1:${ACCOUNT}:key/0a1b2c3d-0000-0000-0000-000000000000`;
  const secret = { ssm: "/webhook-inbox/dev/secret" };
  const config = {
    providers: [
      {
        ...{ name: "stripe", scheme: "stripe", secret },
        reconcile: { apiKey: secret, endpoint: "we_1" },
      },
    ],
    consumers: [
      { name: "billing", queue: {} },
      { name: "crm", http: { url: "https://crm.example.com/hooks", secret, as: "original" } },
    ],
  };
  let program: Program;
  beforeAll(async () => {
    program = await runProgram({ ...config, kmsKeyArn: key });
  });

  const shortName = ({ type }: Declared) => type.split(":").at(-1) ?? "";

  test("encrypts everything that keeps data", () => {
    expect(program.one("aws:dynamodb/table:Table").inputs["serverSideEncryption"]).toEqual({
      enabled: true,
      kmsKeyArn: key,
    });
    const bucket = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
    // Else S3 asks KMS for each payload.
    expect(program.one(bucket).inputs["rules"]).toEqual([
      {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key },
        bucketKeyEnabled: true,
      },
    ]);
    const inputOf: Readonly<Record<string, string>> = {
      EventBus: "kmsKeyIdentifier",
      LogGroup: "kmsKeyId",
      Queue: "kmsMasterKeyId",
      Topic: "kmsMasterKeyId",
    };
    const encrypted = program.resources.filter((resource) => shortName(resource) in inputOf);
    for (const resource of encrypted) expect(resource.inputs[inputOf[shortName(resource)] ?? ""]).toBe(key);
    // Two of the inbox, two of each consumer, and that of undelivered events.
    expect(program.all("aws:sqs/queue:Queue")).toHaveLength(7);
    // A queue takes one kind of encryption.
    for (const { inputs } of program.all("aws:sqs/queue:Queue"))
      expect(inputs).not.toHaveProperty("sqsManagedSseEnabled");
    expect(program.outputs["kms_key_arn"]).toBe(key);
  });

  test("may be used by each role through the services that it calls, and for what it does there alone", () => {
    const rights = program.all("aws:iam/rolePolicy:RolePolicy").map(({ name, inputs }) => {
      const ofKey = statements(inputs["policy"]).filter(({ Resource }) => [Resource].flat().includes(key));
      const byService = ofKey.map(({ Action, Condition }) => {
        const { StringLike } = Condition as { StringLike: Record<string, string> };
        return [StringLike["kms:ViaService"]?.replace(".*.amazonaws.com*", ""), [Action].flat()] as const;
      });
      return [name, Object.fromEntries(byService)] as const;
    });
    const read = ["kms:Decrypt"];
    const write = ["kms:GenerateDataKey"];
    const both = [...read, ...write];
    expect(Object.fromEntries(rights)).toEqual({
      "inbox-ingest-policy": { dynamodb: read, s3: write, sqs: both },
      "inbox-process-policy": { dynamodb: read, sqs: both },
      "inbox-workflow-policy": { dynamodb: read, sqs: both },
      "inbox-recover-policy": { dynamodb: read, sqs: both },
      "inbox-reconcile-policy": { dynamodb: read, s3: both, sqs: both },
      "inbox-consumer-crm-delivery-policy": { dynamodb: read, s3: read, sqs: both },
      "inbox-consumer-crm-delivery-pause": {},
    });
  });

  test("what EventBridge cannot encrypt on the bus is kept, in the queue of undelivered events", () => {
    const bus = program.one("aws:cloudwatch/eventBus:EventBus").inputs;
    const queue = program.one("aws:sqs/queue:Queue", "inbox-bus-dlq").inputs["name"] as string;
    expect(bus["deadLetterConfig"]).toEqual({ arn: expect.stringContaining(queue) as string });
    const { policy } = program.one("aws:sqs/queuePolicy:QueuePolicy", "inbox-bus-dlq-policy").inputs;
    expect(JSON.stringify(statements(policy))).toContain(`:${bus["name"]}"`);
  });

  test("has a policy in the docs with every service that uses it by itself", () => {
    const [, json = ""] =
      /```json\n([^`]*kms:[^`]*)```/.exec(readFileSync("docs/production.md", "utf8")) ?? [];
    const trusted = statements(json).flatMap(({ Principal }) => {
      const { Service = [] } = Principal as { Service?: string | string[] };
      return Service;
    });
    // Who writes to a queue by the queue's policy, alarms to their topic, and logs and buses which encrypt by themselves.
    const writers = program
      .all("aws:sqs/queuePolicy:QueuePolicy")
      .flatMap(({ inputs }) => statements(inputs["policy"]))
      .flatMap(({ Principal }) => (Principal as { Service?: string }).Service ?? []);
    const byType: Readonly<Record<string, string>> = {
      EventBus: "events.amazonaws.com",
      LogGroup: "logs.eu-central-1.amazonaws.com",
      MetricAlarm: "cloudwatch.amazonaws.com",
    };
    const needed = program.resources.flatMap((resource) => byType[shortName(resource)] ?? []);
    expect(new Set([...writers, ...needed])).toEqual(new Set(trusted));
  });

  test("changes nothing of a stack that has none", async () => {
    const { resources } = await runProgram(config);
    expect(JSON.stringify(resources.map(({ inputs }) => inputs))).not.toMatch(/kms(Key|Master)|kms:/);
  });
});
