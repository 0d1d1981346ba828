import { useApolloClient, useMutation } from '@apollo/client/react';
import { useTranslation } from 'react-i18next';
import type { DescribedFileFragment } from '../generated/graphql.ts';
import { READ_VERSION, SAVE_TEXT } from './queries.ts';
import { type TextDraft, changesOf } from './text-draft.ts';

/** Saves the texts of a file. What was typed stays if that fails. */
export function useSaveText(file: DescribedFileFragment) {
  const { t } = useTranslation('work');
  const client = useApolloClient();
  const [mutate, { loading }] = useMutation(SAVE_TEXT);
  const { id } = file;

  /** Null: it was saved. Else the draft with the problem. */
  async function save(draft: TextDraft): Promise<TextDraft | null> {
    const details = changesOf(file, draft);
    try {
      const { data } = await mutate({
        variables: { input: { id, version: draft.version, details } },
      });
      const [error] = data.updateMedia.userErrors;
      if (!error) return null;
      if (error.code === 'NOT_FOUND') return { ...draft, problem: t('alt.gone') };
      if (error.code !== 'CONFLICT') {
        return { ...draft, problem: t('alt.notSaved', { message: error.message }) };
      }
      // The next attempt changes the current version, of which the form shows what is stored.
      const { data: read } = await client.query({
        query: READ_VERSION,
        variables: { id },
        fetchPolicy: 'network-only',
      });
      if (!read.mediaFile) return { ...draft, problem: t('alt.gone') };
      const { version, trashedAt } = read.mediaFile;
      // With the old version, the next attempt is refused too, unless the file was restored.
      if (trashedAt !== null) return { ...draft, problem: t('alt.trashed') };
      return { ...draft, version, problem: t('alt.conflict'), isConflict: true };
    } catch (error) {
      const message = error instanceof Error ? error.message : '';
      return { ...draft, problem: t('alt.notSaved', { message }) };
    }
  }

  return { save, isSaving: loading };
}
