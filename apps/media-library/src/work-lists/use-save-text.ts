import { useApolloClient, useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DescribedFileFragment, MediaDetailsInput } from '../generated/graphql.ts';
import { READ_VERSION, SAVE_TEXT } from './queries.ts';

type Texts = Pick<MediaDetailsInput, 'altText' | 'altTexts' | 'decorative'>;

/** Saves the texts of a file. What was typed stays if that fails. */
export function useSaveText({ id, version }: DescribedFileFragment) {
  const { t } = useTranslation('work');
  const client = useApolloClient();
  const [mutate, { loading }] = useMutation(SAVE_TEXT);
  const [problem, setProblem] = useState<string | null>(null);

  /** Whether it was saved. */
  async function save(details: Texts): Promise<boolean> {
    setProblem(null);
    try {
      const { data } = await mutate({ variables: { input: { id, version, details } } });
      const [error] = data.updateMedia.userErrors;
      if (!error) return true;
      if (error.code === 'CONFLICT') {
        // The next attempt has the current version.
        await client.query({ query: READ_VERSION, variables: { id }, fetchPolicy: 'network-only' });
        setProblem(t('alt.conflict'));
      } else setProblem(t('alt.notSaved', { message: error.message }));
    } catch (error) {
      setProblem(t('alt.notSaved', { message: error instanceof Error ? error.message : '' }));
    }
    return false;
  }

  return { save, isSaving: loading, problem };
}
