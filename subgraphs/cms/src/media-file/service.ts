import { isId } from '@federated-media/subgraph-kit/ids';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import type { MediaUserError, UpdateMediaInput } from '../generated/graphql.ts';
import { userError } from '../user-error.ts';
import { createChecks, present, readDetails } from './details.ts';
import type { MediaFileRecord } from './media-file.ts';
import type { MediaFileRepository } from './repository.ts';
import { InvalidValue, readFilename } from './text.ts';

export interface MediaOutcome {
  mediaFile: MediaFileRecord | null;
  userErrors: MediaUserError[];
}

export function createMediaFileService({ files }: { files: MediaFileRepository }) {
  return {
    async update(caller: Caller, input: UpdateMediaInput): Promise<MediaOutcome> {
      const { check, problems } = createChecks(['input']);
      const details = readDetails(input.details, (field, read) =>
        check(['details', ...field], read),
      );
      const originalFilename = check(['originalFilename'], () =>
        readNewName(input.originalFilename),
      );
      if (problems.length > 0) return { mediaFile: null, userErrors: problems };
      if (!isId(input.id)) return notFound();

      const version = input.version ?? undefined;
      const change = { ...details, ...present({ originalFilename }) };
      const key = { id: input.id, storeId: caller.storeId, ...present({ version }) };
      // Nothing asked is nothing changed: a version that grew would be a conflict for somebody else.
      const isAsked = Object.keys(change).length > 0;
      const outcome = isAsked ? await files.update({ ...change, ...key }) : await readAt(key);
      if (outcome === 'unknown') return notFound();
      if (outcome === 'stale') {
        const message = `The file is no longer at version ${version}: read it again.`;
        return refused(userError('CONFLICT', message, ['input', 'version']));
      }
      return { mediaFile: outcome, userErrors: [] };
    },
  };

  async function readAt({
    id,
    storeId,
    version,
  }: {
    id: string;
    storeId: string;
    version?: number;
  }) {
    const [file] = await files.findFiles(storeId, [id]);
    if (!file) return 'unknown';
    return version === undefined || version === file.version ? file : 'stale';
  }
}
export type MediaFileService = ReturnType<typeof createMediaFileService>;

function readNewName(name: string | null | undefined): string | undefined {
  if (name === null) throw new InvalidValue('The name can’t be cleared.');
  return name === undefined ? undefined : readFilename(name);
}

const notFound = () => refused(userError('NOT_FOUND', 'There is no such file.', ['input', 'id']));

const refused = (error: MediaUserError): MediaOutcome => ({ mediaFile: null, userErrors: [error] });
