import { inheritedVariables } from "../../../local/emulator";
import { asLogEvent } from "../../../local/gaps/event-log-delivery";

const NOW = Date.parse("2026-01-02T03:04:05Z");

test("an event is a line of its log as it came, at its own time", () => {
  const body = '{"time":"2026-01-02T03:04:05Z","detail":{"n":1.10}}';
  expect(asLogEvent(body, 0)).toEqual({ message: body, timestamp: NOW });
});

test.each(['{"detail":{"e":Infinity}}', '{"time":NaN}', "{ cut o", "", "null", '{"time":"later"}', "[]"])(
  "an event that cannot be read is a line all the same: %j",
  (body) => expect(asLogEvent(body, NOW)).toEqual({ message: body, timestamp: NOW }),
);

test("the functions see what a program needs of a shell, and no credential", () => {
  const needed = { PATH: "/bin", LC_ALL: "C", LANG: "C", TZ: "UTC", NODE_EXTRA_CA_CERTS: "/ca.pem" };
  const secret = {
    HOME: "/home/a",
    GITHUB_TOKEN: "t",
    NPM_TOKEN: "t",
    AWS_PROFILE: "prod",
    AWS_SECRET_ACCESS_KEY: "t",
    npm_config__auth: "t",
    HTTPS_PROXY: "http://user:password@proxy",
    NODE_OPTIONS: "--require /x",
    SSH_AUTH_SOCK: "/agent",
    MY_PATH: "/x",
    LAMBDA_EXECUTOR: "docker",
  };
  expect(inheritedVariables({ ...needed, ...secret })).toEqual(needed);
});
