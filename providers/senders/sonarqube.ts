import { path } from "../engine/references";
import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";

export const setup: Setup = {
  docs: "https://docs.sonarsource.com/sonarqube-server/latest/project-administration/webhooks/",
  where: "the project > Project Settings > Webhooks > Create, or Administration > Configuration > Webhooks",
  secret: "the text that you choose as Secret",
};

export default bodyHmac({
  id: "sonarqube",
  name: "SonarQube Server and Cloud",
  header: "X-Sonar-Webhook-HMAC-SHA256",
  event: { id: "taskId", type: { pieces: ["analysis.", path("status")] }, entity: "project.key" },
});

export const sample: Sample = {
  body: { taskId: "AVh21JS2JepAEhwQ-b3u", status: "SUCCESS", project: { key: "shop" } },
  event: { id: "AVh21JS2JepAEhwQ-b3u", type: "analysis.SUCCESS", entity: "shop" },
};
