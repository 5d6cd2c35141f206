import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import type * as aws from "../../components/aws";
import { tagList, type Inputs, type Service } from "./resource";

export const sns: Service = ({ client }) => {
  const sdk = new SNSClient(client);
  return {
    "aws:sns/topic:Topic": async ({ name, tags }: Inputs<aws.sns.TopicArgs>) => {
      const { TopicArn = "" } = await sdk.send(new CreateTopicCommand({ Name: name, Tags: tagList(tags) }));
      return { id: TopicArn, state: { arn: TopicArn } };
    },
    "aws:sns/topicSubscription:TopicSubscription": async (inputs: Inputs<aws.sns.TopicSubscriptionArgs>) => {
      const { SubscriptionArn = "" } = await sdk.send(
        new SubscribeCommand({
          TopicArn: String(inputs.topic),
          Protocol: inputs.protocol,
          Endpoint: inputs.endpoint,
          ReturnSubscriptionArn: true,
        }),
      );
      return { id: SubscriptionArn, state: { arn: SubscriptionArn } };
    },
  };
};
