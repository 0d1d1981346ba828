import { GetObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { ObjectRedirects } from '../handover.ts';
import { parseKey } from '../parse-key.ts';
import type { S3Location } from '../storage-location.ts';
import { createS3Client } from './s3-client.ts';
import { FOLDER } from './s3-storage.ts';

/** Presigned URLs of GET (AWS Signature Version 4) at the endpoint that clients reach. They are computed here. */
export function createObjectRedirects(location: S3Location): ObjectRedirects {
  const { bucket, prefix, endpoint, publicEndpoint } = location;
  const client = createS3Client({ ...location, endpoint: publicEndpoint ?? endpoint });
  return {
    kind: 'redirect',
    async urlOf(key, { contentType, contentDisposition, cacheControl, validForSeconds }) {
      const get = new GetObjectCommand({
        Bucket: bucket,
        Key: `${prefix}${FOLDER}${parseKey(key).join('/')}`,
        ResponseContentType: contentType,
        ResponseContentDisposition: contentDisposition,
        ResponseCacheControl: cacheControl,
      });
      return getSignedUrl(client, get, { expiresIn: validForSeconds });
    },
  };
}
