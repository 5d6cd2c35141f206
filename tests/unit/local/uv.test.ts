import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "uv-"));
jest.mock("../../../local/paths", () => ({ CACHE: join(folder, "cache"), ROOT: folder }));

/** Stands for uv, which not every machine has: notes its arguments, and fails as uv does if its cache cannot be made. */
const UV = `#!/bin/sh
echo "$@" >> ${join(folder, "calls")}
case "$*" in
  --version) exit 0 ;;
  *"--cache-dir ${join(folder, "cache")}"*) mkdir -p "$(eval echo \\\${$#})" 2>/dev/null; exit 0 ;;
  *) echo "error: Failed to initialize cache at $UV_CACHE_DIR"; exit 2 ;;
esac
`;

test("uv keeps its cache in the project's, so that it needs neither a home nor a writable UV_CACHE_DIR", async () => {
  writeFileSync(join(folder, "uv"), UV);
  chmodSync(join(folder, "uv"), 0o755);
  const { PATH } = process.env;
  Object.assign(process.env, { PATH: `${folder}${delimiter}${PATH}`, UV_CACHE_DIR: "/dev/null/uv" });
  const { installMiniStack } = await import("../../../local/install/ministack");
  try {
    await installMiniStack(() => undefined);
  } finally {
    process.env["PATH"] = PATH;
    delete process.env["UV_CACHE_DIR"];
  }
  const calls = readFileSync(join(folder, "calls"), "utf8").trim().split("\n").slice(1);
  expect(calls.map((call) => call.split(" ")[0])).toEqual(["venv", "pip"]);
});
