import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { run } from "./install/run";

/** A process that listens. */
interface Owner {
  readonly pid: number;
  readonly command: string;
}

/** Says which process listens on a port of loopback: `process 4711 (node console/start.ts)`; undefined if unknown. */
export async function portOwner(port: number): Promise<string | undefined> {
  const owner = process.platform === "linux" ? fromProc(port) : await fromLsof(port);
  return owner && `process ${owner.pid} (${owner.command})`;
}

/**
 * Finds the port's listening sockets and the process that has one of them open, on Linux. Cannot see other users'
 * processes.
 */
function fromProc(port: number): Owner | undefined {
  const sockets = new Set<string>();
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const line of readText(table).split("\n").slice(1)) {
      const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
      // 0A is LISTEN.
      if (state === "0A" && Number.parseInt(local.split(":")[1] ?? "", 16) === port)
        sockets.add(`socket:[${inode}]`);
    }
  }
  for (const pid of list("/proc").filter((name) => /^\d+$/.test(name))) {
    const open = list(`/proc/${pid}/fd`).some((fd) => sockets.has(target(`/proc/${pid}/fd/${fd}`)));
    if (!open) continue;
    const command = readText(`/proc/${pid}/cmdline`).split("\0").join(" ").trim();
    return { pid: Number(pid), command: shortened(command) };
  }
  return undefined;
}

async function fromLsof(port: number): Promise<Owner | undefined> {
  const output = await run("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"]).catch(() => "");
  const [, pid, command = "unknown"] = /^p(\d+)\nc(.*)$/m.exec(output) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), command };
}

const shortened = (command: string) => (command.length > 80 ? `${command.slice(0, 79)}…` : command);

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function target(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return "";
  }
}
