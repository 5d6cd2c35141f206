import * as pulumi from "@pulumi/pulumi";
import { stackConfig, type ConfigValues } from "../../local/deployer/config";

/** A resource that the program declared, with its inputs resolved. */
export interface Declared {
  readonly type: string;
  readonly name: string;
  readonly options: pulumi.CustomResourceOptions;
  // Inputs are whatever AWS takes; the tests say what they must be.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly inputs: Record<string, any>;
}

export interface Program {
  readonly resources: readonly Declared[];
  readonly outputs: Readonly<Record<string, unknown>>;
  /** The one resource of a type, or the one with this name. */
  one(type: string, name?: string): Declared;
  all(type: string): Declared[];
}

/** What keeps nothing of a run: loading it again, and compiling every scheme with it, takes most of a run's time. */
const SHARED = [
  ...["@pulumi/aws", "@pulumi/pulumi", "asl-validator", "esbuild", "jsonata", "zod"],
  ...["../../providers", "../../providers/senders", "../../statemachines/render"],
];

export const ACCOUNT = "123456789012";

/** The account that the program is run for. */
export interface Account {
  /** @default aws */
  readonly partition?: string;
  /** Its Lambda concurrency; undefined if who deploys may not read it. @default 1000 */
  readonly concurrency?: number | undefined;
  /** Whether it is the first preview, where no resource's outputs are known. @default false */
  readonly preview?: boolean;
  /** File of another program than index.ts, relative to this folder. */
  readonly program?: string;
}

/**
 * Runs the real index.ts, or an example, with recorded mocks. Proves what the program asks for; not that AWS takes it, which the
 * deployment to the emulator shows in part.
 */
export async function runProgram(config: ConfigValues = {}, account: Account = {}): Promise<Program> {
  const { partition = "aws", preview = false, program: file = "../../index" } = account;
  const concurrency = "concurrency" in account ? account.concurrency : 1_000;
  const resources: Declared[] = [];
  const options = new Map<string, pulumi.CustomResourceOptions>();
  pulumi.runtime.setAllConfig(stackConfig("example", { protect: undefined, ...config }));
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        if (type.startsWith("aws:")) {
          const opts = options.get(`${type} ${name}`) ?? {};
          resources.push({ type, name, inputs: inputs as Declared["inputs"], options: opts });
        }
        if (preview) return { id: "", state: {} };
        const own = inputs as { name?: string; bucket?: string };
        const arn = `arn:${partition}:${type.split(":")[1]?.split("/")[0]}:us-east-1:${ACCOUNT}:${own.name ?? own.bucket ?? name}`;
        const computed = {
          arn,
          url: `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/${own.name}`,
          invokeArn: `${arn}/invocations`,
          executionArn: `arn:${partition}:execute-api:us-east-1:${ACCOUNT}:api1`,
          invokeUrl: "https://api1.execute-api.us-east-1.amazonaws.com/v1",
          rootResourceId: "root",
          regionalDomainName: "d-0123456789.execute-api.us-east-1.amazonaws.com",
          regionalZoneId: "Z1UJRXOUMOOFQ8",
        };
        return { id: `${name}-id`, state: { ...computed, ...(inputs as object) } };
      },
      call: ({ token }) => {
        if (token.includes("getRegion")) return { region: "us-east-1" };
        if (token.includes("getPartition")) return { partition, dnsSuffix: "amazonaws.com" };
        if (token.includes("getServiceQuota")) {
          if (concurrency === undefined)
            throw new Error("AccessDeniedException: servicequotas:GetServiceQuota");
          return { value: concurrency };
        }
        return { accountId: ACCOUNT };
      },
    },
    "webhook-inbox",
    "dev",
    preview,
  );
  const declared = await pulumi.runtime.runInPulumiStack(() => {
    pulumi.runtime.registerStackTransformation(({ type, name, opts }) => {
      options.set(`${type} ${name}`, opts);
      return undefined;
    });
    let program: Record<string, unknown> = {};
    const shared = SHARED.map((name): [string, unknown] => [name, jest.requireActual(name)]);
    // Every run declares again, with its own configuration.
    jest.isolateModules(() => {
      for (const [name, loaded] of shared) jest.doMock(name, () => loaded);
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- the program runs when it is loaded
      program = require(file) as Record<string, unknown>;
    });
    return Promise.resolve(program);
  });
  await pulumi.runtime.disconnect();
  const outputs = await new Promise<Record<string, unknown>>((resolve) => {
    if (preview) resolve({});
    else pulumi.output(declared).apply((value) => resolve(value as Record<string, unknown>));
  });
  const all = (type: string) => resources.filter((resource) => resource.type === type);
  return {
    resources,
    outputs,
    all,
    one(type, name) {
      const [found, ...more] = all(type).filter((resource) => name === undefined || resource.name === name);
      if (!found || more.length > 0) {
        throw new Error(
          `${found ? "several" : "no"} ${type} ${name ?? ""} among ${all(type)
            .map((r) => r.name)
            .join()}`,
        );
      }
      return found;
    },
  };
}

interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: unknown;
}

/** Statements of a policy's JSON text. */
export function statements(policy: unknown): readonly PolicyStatement[] {
  const document = JSON.parse(String(policy)) as { Version: string; Statement: PolicyStatement[] };
  expect(document.Version).toBe("2012-10-17");
  return document.Statement;
}
