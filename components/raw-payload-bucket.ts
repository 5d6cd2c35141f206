import * as aws from "./aws";
import * as pulumi from "@pulumi/pulumi";
import { QUARANTINE_DAYS, REJECTED_PREFIX } from "../functions/domain/rejected";
import { physicalName, type Location, type Naming } from "./naming";
import { denyWithoutTls, policy } from "./policy";

export interface RawPayloadBucketArgs extends Location {
  /** Days after which a payload moves to S3 Glacier Flexible Retrieval. */
  readonly glacierAfterDays: number;
  /** Whether payloads below 128 KB are moved, too. */
  readonly archiveSmallPayloads: boolean;
  /** Days after which a payload is deleted; undefined if it is kept for ever. */
  readonly payloadRetentionDays?: number | undefined;
  /** Whether Pulumi protects the bucket from deletion. */
  readonly protect: boolean;
}

/**
 * Returns the physical name of the bucket, known before the bucket exists. It contains the account, since bucket names
 * are unique across all of AWS.
 */
export function rawPayloadBucketName(naming: Naming, accountId: string): string {
  return `${physicalName(naming, "raw")}-${accountId}`;
}

/** Stores every payload byte for byte as received, and rejected requests for a week. */
export class RawPayloadBucket extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>;
  readonly bucketArn: pulumi.Output<string>;

  constructor(name: string, args: RawPayloadBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook-inbox:index:RawPayloadBucket", name, {}, opts);
    const bucket = this.createBucket(name, args);
    this.closeToThePublic(name, bucket);
    this.encrypt(name, bucket);
    this.ageOut(name, bucket, args);
    this.bucketName = bucket.bucket;
    this.bucketArn = bucket.arn;
    this.registerOutputs({ bucketName: this.bucketName, bucketArn: this.bucketArn });
  }

  private createBucket(name: string, args: RawPayloadBucketArgs): aws.s3.Bucket {
    const bucket = pulumi.output(args.accountId).apply((id) => rawPayloadBucketName(args, id));
    return new aws.s3.Bucket(name, { bucket, forceDestroy: true }, { parent: this, protect: args.protect });
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
      // Change one after the other: S3 rejects concurrent changes of a bucket's access.
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

  private ageOut(name: string, bucket: aws.s3.Bucket, args: RawPayloadBucketArgs): void {
    const { glacierAfterDays: days, archiveSmallPayloads, payloadRetentionDays: kept } = args;
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket: bucket.bucket,
        transitionDefaultMinimumObjectSize: archiveSmallPayloads
          ? "varies_by_storage_class"
          : "all_storage_classes_128K",
        rules: [
          {
            id: "raw-payloads-to-glacier",
            status: "Enabled",
            filter: { prefix: "raw/" },
            transitions: [{ days, storageClass: "GLACIER" }],
          },
          // Use a separate rule: within the same rule, expiry would have to be later than the transition to Glacier.
          ...(kept === undefined
            ? []
            : [
                {
                  id: "raw-payloads-expire",
                  status: "Enabled",
                  filter: { prefix: "raw/" },
                  expiration: { days: kept },
                },
              ]),
          {
            // Delete old versions, if an operator has enabled versioning.
            id: "old-versions-expire",
            status: "Enabled",
            filter: { prefix: "" },
            noncurrentVersionExpiration: { noncurrentDays: 30 },
          },
          {
            // Keep this rule even with quarantine disabled, so that existing requests are deleted.
            id: "rejected-requests-expire",
            status: "Enabled",
            filter: { prefix: REJECTED_PREFIX },
            expiration: { days: QUARANTINE_DAYS },
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
