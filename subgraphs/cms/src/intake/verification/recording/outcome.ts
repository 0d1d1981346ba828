import type { FileType } from '../../../files/file-types/file-type.ts';
import { corrupt } from '../inspection.ts';
import { rejectFile } from '../verdict.ts';

export const incomplete = ({ name }: FileType) => corrupt(`The ${name} is incomplete.`);

export const unreadable = ({ name }: FileType) =>
  corrupt(`The ${name} cannot be read. The file is damaged.`);

export const withoutMedia = ({ name }: FileType) =>
  corrupt(`The ${name} contains no video and no audio.`);

export const encrypted = ({ name }: FileType) =>
  rejectFile('UNSUPPORTED_TYPE', `The ${name} is encrypted. Send it without copy protection.`);
