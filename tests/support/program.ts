import type { ConfigValues } from "../../local/deployer/config";
import type * as native from "./declare";

export type { Declared } from "./declare";

export interface Program extends native.Declaration {
  /** Returns the only resource of a type, or the one with this name. */
  one(type: string, name?: string): native.Declared;
  all(type: string): native.Declared[];
}

export const ACCOUNT = "123456789012";

/** Differences from the default account: partition `aws`, a Lambda concurrency of 1,000, and all outputs known. */
export interface Account extends Partial<native.Account> {
  /** Program to run instead of index.ts, relative to the project. */
  readonly program?: string;
}

/**
 * Runs the real index.ts, or an example, with recorded mocks. Proves what the program declares, but not that AWS
 * accepts it, which the deployment to the emulator shows in part.
 */
export async function runProgram(config: ConfigValues = {}, account: Account = {}): Promise<Program> {
  const { program = "index.ts", ...differing } = account;
  const { declare } = shared.load("tests/support/declare.ts") as typeof native;
  const of = { partition: "aws", concurrency: 1_000, preview: false, ...differing };
  const { resources, outputs } = await declare(
    () => shared.load(program, { again: true }) as object,
    config,
    of,
  );
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

/** Returns the statements in a policy's JSON text. */
export function statements(policy: unknown): readonly PolicyStatement[] {
  const document = JSON.parse(String(policy)) as { Version: string; Statement: PolicyStatement[] };
  expect(document.Version).toBe("2012-10-17");
  return document.Statement;
}
