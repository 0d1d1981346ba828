import type { S3Location } from '../storage-location.ts';
import type { ObjectName } from './read-object.ts';

/** Next to the folder of the storage. Everything in it belongs to the CMS. */
const FOLDER = 'staging/';
const NAME = /^[A-Za-z0-9_-]{1,64}$/;

type Place = Pick<S3Location, 'bucket' | 'prefix'>;

export const stagingPrefix = ({ prefix }: Place): string => `${prefix}${FOLDER}`;

/** The object with the staged bytes of that name. */
export function stagedObject(place: Place, name: string): ObjectName {
  if (!NAME.test(name))
    throw new Error(`Not an upload's name: ${JSON.stringify(name.slice(0, 100))}`);
  return { Bucket: place.bucket, Key: `${stagingPrefix(place)}${name}` };
}
