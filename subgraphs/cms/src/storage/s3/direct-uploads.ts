import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { DirectUploads } from '../staging.ts';
import type { S3Location } from '../storage-location.ts';
import { encryptionHeaders } from './new-object-headers.ts';
import { stagedObject } from './staged-object.ts';

/**
 * Presigned URLs of PUT (AWS Signature Version 4) for staged bytes. They are computed here.
 * @param client of the endpoint to which the URLs lead
 */
export function createDirectUploads(
  client: S3Client,
  location: Pick<S3Location, 'bucket' | 'prefix' | 'encryption' | 'kmsKeyId'>,
): DirectUploads {
  return {
    async open(name, { byteSize, mimeType, expiresAt }) {
      const put = new PutObjectCommand({
        ...stagedObject(location, name),
        ...encryptionHeaders(location),
        ContentLength: byteSize,
        ContentType: mimeType,
      });
      const url = await getSignedUrl(client, put, {
        expiresIn: Math.floor((expiresAt.getTime() - Date.now()) / 1000),
        // Others than these can be sent with any value.
        signableHeaders: new Set(['host', 'content-length', 'content-type']),
      });
      const { encryption, kmsKeyId } = location;
      return {
        url,
        headers: [
          { name: 'content-type', value: mimeType },
          ...(encryption ? [{ name: 'x-amz-server-side-encryption', value: encryption }] : []),
          ...(kmsKeyId
            ? [{ name: 'x-amz-server-side-encryption-aws-kms-key-id', value: kmsKeyId }]
            : []),
        ],
      };
    },
  };
}
