import { existsSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Browser } from "playwright-core";
import { hasChromium, installChromium, type Program } from "../../local/install/chromium";

const WINDOWS_CHROME = join("Google", "Chrome", "Application", "chrome.exe");

/** Paths of an installed browser; the first one that exists is used. */
const CANDIDATES = [
  process.env["CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  ...["ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"].map((name) =>
    join(process.env[name] ?? "/nonexistent", WINDOWS_CHROME),
  ),
];

function installed(): Program | undefined {
  const path = CANDIDATES.find((path) => path !== undefined && path !== "" && existsSync(path));
  return path === undefined ? undefined : { path, env: {} };
}

/**
 * Returns `describe` and `test` for a file that needs a browser. If none is installed and none can be fetched, which is
 * only possible for Linux on x64, they skip the file and say so.
 */
export function inBrowser(): Pick<typeof globalThis, "describe" | "test"> {
  if (installed() ?? hasChromium) return { describe, test };
  process.stderr.write(
    `\nSKIPPED: the tests in a browser. No Chrome or Chromium is installed, and none can be fetched for ` +
      `${process.platform} on ${process.arch}. Install one, or set CHROMIUM to its path.\n\n`,
  );
  return { describe: describe.skip as typeof describe, test: test.skip as typeof test };
}

/**
 * Starts a real headless browser: an installed one, or one that it fetches into the project's cache.
 * @param args more options of Chromium's command line
 */
export async function startBrowser(args: readonly string[] = []): Promise<Browser> {
  const { path, env } = installed() ?? (await installChromium());
  // Turn off the sandbox, which neither root nor a Chromium without an administrator's setup can use; the pages are our
  // own.
  return chromium.launch({
    executablePath: path,
    args: ["--no-sandbox", ...args],
    env: { ...(process.env as Record<string, string>), ...env },
  });
}
