import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName, type Naming } from "./naming";
import { denyWithoutTls, policy } from "./policy";

export interface RawPayloadBucketArgs extends Naming {
  /** Account that owns the stack; bucket names are unique over all accounts. */
  readonly accountId: pulumi.Input<string>;
  /** Days after which a payload moves to S3 Glacier Flexible Retrieval. @default 30 */
  readonly glacierAfterDays?: number;
}

/** Keeps every payload byte for byte as it came. */
export class RawPayloadBucket extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>;
  readonly bucketArn: pulumi.Output<string>;

  constructor(name: string, args: RawPayloadBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook-inbox:index:RawPayloadBucket", name, {}, opts);
    const bucket = this.createBucket(name, args);
    this.closeToThePublic(name, bucket);
    this.encrypt(name, bucket);
    this.moveToGlacier(name, bucket, args.glacierAfterDays ?? 30);
    this.bucketName = bucket.bucket;
    this.bucketArn = bucket.arn;
    this.registerOutputs({ bucketName: this.bucketName, bucketArn: this.bucketArn });
  }

  private createBucket(name: string, args: RawPayloadBucketArgs): aws.s3.Bucket {
    const bucket = pulumi.interpolate`${physicalName(args, "raw")}-${args.accountId}`;
    return new aws.s3.Bucket(name, { bucket, forceDestroy: true }, { parent: this });
  }

  private closeToThePublic(name: string, bucket: aws.s3.Bucket): void {
    const block = new aws.s3.BucketPublicAccessBlock(
      `${name}-public-access`,
      {
        bucket: bucket.bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      { parent: this },
    );
    new aws.s3.BucketPolicy(
      `${name}-policy`,
      {
        bucket: bucket.bucket,
        policy: policy(denyWithoutTls("s3:*", [bucket.arn, pulumi.interpolate`${bucket.arn}/*`])),
      },
      // S3 refuses two changes of a bucket's access at once.
      { parent: this, dependsOn: block },
    );
  }

  private encrypt(name: string, bucket: aws.s3.Bucket): void {
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      {
        bucket: bucket.bucket,
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
      },
      { parent: this },
    );
  }

  private moveToGlacier(name: string, bucket: aws.s3.Bucket, days: number): void {
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket: bucket.bucket,
        // By default S3 leaves objects below 128 KB where they are, and most webhooks are smaller.
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
        transitionDefaultMinimumObjectSize: "varies_by_storage_class",
        rules: [
          {
            id: "raw-payloads-to-glacier",
            status: "Enabled",
            filter: { prefix: "raw/" },
            transitions: [{ days, storageClass: "GLACIER" }],
          },
          {
            id: "abort-incomplete-uploads",
            status: "Enabled",
            filter: { prefix: "" },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
          },
        ],
      },
      { parent: this },
    );
  }
}
