import type { StorageClass } from '@aws-sdk/client-s3';
import type { S3Location } from '../storage-location.ts';

/** What every new object gets. */
export const newObjectHeaders = (location: Encryption & Pick<S3Location, 'storageClass'>) => ({
  ...(isStorageClass(location.storageClass) && { StorageClass: location.storageClass }),
  ...encryptionHeaders(location),
});

type Encryption = Pick<S3Location, 'encryption' | 'kmsKeyId'>;

/** What an object gets that does not stay. */
export const encryptionHeaders = ({ encryption, kmsKeyId }: Encryption) => ({
  ...(encryption !== null && { ServerSideEncryption: encryption }),
  ...(kmsKeyId !== null && { SSEKMSKeyId: kmsKeyId }),
});

/** Other object stores have other classes than those of AWS. */
const isStorageClass = (text: string | null): text is StorageClass => text !== null;
