import type { Caller } from '@federated-media/subgraph-kit/identity';
import type {
  MediaFolder,
  MediaFolderInput,
  MediaUserError,
  RenameMediaFolderInput,
} from '../../generated/graphql.ts';
import { createChecks } from '../../platform/input-checks.ts';
import { userError } from '../../platform/user-error.ts';
import { MAX_FOLDER, MAX_FOLDER_LEVELS, readFolder } from '../media-file/text.ts';
import {
  type FolderRepository,
  type FolderRow,
  MAX_FOLDERS,
  MAX_MOVED,
  type RenameOutcome,
} from './repository.ts';

interface FolderOutcome {
  readonly folder: MediaFolder | null;
  readonly userErrors: MediaUserError[];
}

/** Folders: those that were created, and those that contain files. */
export function createFolderService({ folders }: { folders: FolderRepository }) {
  return {
    async list({ storeId }: Caller): Promise<MediaFolder[]> {
      return (await folders.list(storeId)).map(toFolder);
    },

    async create({ storeId }: Caller, input: MediaFolderInput): Promise<FolderOutcome> {
      const { check, problems } = createChecks(['input']);
      const path = check(['path'], () => readFolder(input.path));
      if (path === undefined) return rejected(...problems);
      const outcome = await folders.create(storeId, path);
      if (outcome === 'done') return accepted({ path, mediaCount: 0 });
      return rejected(outcome === 'full' ? FULL : EXISTS);
    },

    async rename(
      { storeId, subject: actor }: Caller,
      input: RenameMediaFolderInput,
    ): Promise<FolderOutcome> {
      const { check, problems } = createChecks(['input']);
      const path = check(['path'], () => readFolder(input.path));
      const newPath = check(['newPath'], () => readFolder(input.newPath));
      if (path === undefined || newPath === undefined) return rejected(...problems);
      if (newPath.startsWith(`${path}/`)) return rejected(INSIDE_ITSELF);
      const limits = { maxLength: MAX_FOLDER, maxLevels: MAX_FOLDER_LEVELS };
      const renamed = await folders.rename(storeId, { path, newPath, actor, ...limits });
      if (renamed.outcome !== 'done') return rejected(REFUSED_RENAMES[renamed.outcome]);
      return accepted({ path: newPath, mediaCount: renamed.mediaCount });
    },

    async delete(
      { storeId }: Caller,
      input: MediaFolderInput,
    ): Promise<{ deletedPath: string | null; userErrors: MediaUserError[] }> {
      const { check, problems } = createChecks(['input']);
      const path = check(['path'], () => readFolder(input.path));
      if (path === undefined) return { deletedPath: null, userErrors: problems };
      const outcome = await folders.delete(storeId, path);
      if (outcome === 'done') return { deletedPath: path, userErrors: [] };
      return { deletedPath: null, userErrors: [outcome === 'unknown' ? UNKNOWN : NOT_EMPTY] };
    },
  };
}
export type FolderService = ReturnType<typeof createFolderService>;

function toFolder({ path, mediaCount }: FolderRow): MediaFolder {
  const end = path.lastIndexOf('/');
  return {
    path,
    name: path.slice(end + 1),
    parentPath: end < 0 ? null : path.slice(0, end),
    mediaCount,
  };
}

const accepted = (row: FolderRow): FolderOutcome => ({ folder: toFolder(row), userErrors: [] });
const rejected = (...userErrors: MediaUserError[]): FolderOutcome => ({ folder: null, userErrors });

const PATH = ['input', 'path'];
const NEW_PATH = ['input', 'newPath'];
const UNKNOWN = userError('NOT_FOUND', 'The folder does not exist.', PATH);
const EXISTS = userError('CONFLICT', 'The folder exists already.', PATH);
const FULL = userError(
  'INVALID',
  `The store has ${MAX_FOLDERS} created folders, the maximum.`,
  PATH,
);
const NOT_EMPTY = userError(
  'CONFLICT',
  'The folder is not empty. Move or delete what is in it and below it first.',
  PATH,
);
const INSIDE_ITSELF = userError('INVALID', 'A folder cannot be moved into itself.', NEW_PATH);
const REFUSED_RENAMES: Record<Exclude<RenameOutcome['outcome'], 'done'>, MediaUserError> = {
  unknown: UNKNOWN,
  exists: userError('INVALID', 'A folder with the new path exists already.', NEW_PATH),
  'too long': userError(
    'INVALID',
    `The path of a folder below it would be too long. The maximum is ${MAX_FOLDER} characters.`,
    NEW_PATH,
  ),
  'too deep': userError(
    'INVALID',
    `A folder below it would be too deep. The maximum is ${MAX_FOLDER_LEVELS} levels.`,
    NEW_PATH,
  ),
  'too many': userError(
    'INVALID',
    `The folder has more than ${MAX_MOVED} files. Rename the folders below it one by one.`,
    PATH,
  ),
};
