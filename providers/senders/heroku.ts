import { NOON, type Sample, type Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://devcenter.heroku.com/articles/app-webhooks#securing-webhook-requests",
  where: "your app > More > View webhooks > Create Webhook, or heroku webhooks:add with --secret",
  secret: "the text that you choose as the webhook's secret, or the one that Heroku shows once",
};

export default bodyHmac({
  id: "heroku",
  name: "Heroku app webhooks",
  header: "Heroku-Webhook-Hmac-SHA256",
  encoding: "base64",
  event: { id: "id", type: [["resource", "action"]], time: "created_at", entity: ["data.app.id", "data.id"] },
});

export const sample: Sample = {
  body: { id: "01HZ", created_at: NOON, resource: "dyno", action: "create", data: { app: { id: "app1" } } },
  event: { id: "01HZ", type: "dyno.create", entity: "app1", time: NOON },
};
