import { useQuery } from '@apollo/client/react';
import { Button, Group, Progress, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LeaveGuard } from '../details/leave-guard.tsx';
import { AltTextForm } from './alt-text-form.tsx';
import { ListState } from './list-state.tsx';
import { WITHOUT_TEXT } from './queries.ts';
import { type TextDraft, isChanged } from './text-draft.ts';

const PAGE = 20;
/** The next page is read when so few files are left. */
const NEAR_END = 5;

/** One image without alternative text after another. */
export function AltTextFlow() {
  const { t } = useTranslation('work');
  const [position, setPosition] = useState(0);
  const [drafts, setDrafts] = useState<ReadonlyMap<string, TextDraft>>(new Map());
  // The list that the flow started with: described files leave only the next one.
  const { data, loading, error, refetch, fetchMore } = useQuery(WITHOUT_TEXT, {
    variables: { first: PAGE },
    fetchPolicy: 'network-only',
    nextFetchPolicy: 'cache-first',
  });
  const library = data?.mediaLibrary;
  // One image can be saved while another one is shown.
  const [saves, setSaves] = useState(0);
  const [total, setTotal] = useState<number | null>(null);
  if (total === null && library) setTotal(library.totalCount);

  const isNearEnd = library !== undefined && position >= library.nodes.length - NEAR_END;
  const after = library?.pageInfo.hasNextPage ? library.pageInfo.endCursor : null;
  const isReading = useRef(false);
  const [readError, setReadError] = useState<Error>();
  const [attempts, setAttempts] = useState(0);
  // A page that could not be read is tried again with the next image.
  useEffect(() => {
    if (!isNearEnd || !after || isReading.current) return;
    isReading.current = true;
    setReadError(undefined);
    void fetchMore({ variables: { after } })
      .catch(setReadError)
      .finally(() => (isReading.current = false));
  }, [isNearEnd, after, position, attempts, fetchMore]);

  if (!library || total === null) {
    return <ListState loading={loading} error={error} onRetry={() => void refetch()} />;
  }
  if (total === 0) return <Text>{t('none.alt-text')}</Text>;
  const file = library.nodes[position];
  const restart = async () => {
    const { data: read } = await refetch();
    setTotal(read?.mediaLibrary.totalCount ?? null);
    setPosition(0);
  };
  const isDirty = library.nodes.some((one) => {
    const draft = drafts.get(one.id);
    return draft !== undefined && isChanged(one, draft);
  });
  const guard = <LeaveGuard isDirty={isDirty} isSaving={saves > 0} text={t('alt.leave')} />;
  if (!file && after) {
    const retry = () => setAttempts(attempts + 1);
    return (
      <>
        <ListState loading={!readError} error={readError} onRetry={retry} />
        {guard}
      </>
    );
  }
  if (!file) {
    return (
      <Group role="status">
        <Text>{t('alt.finished')}</Text>
        <Button variant="default" onClick={() => void restart()}>
          {t('alt.again')}
        </Button>
        {guard}
      </Group>
    );
  }
  function keepDraft(id: string, draft: TextDraft | null) {
    setDrafts((all) => {
      const next = new Map(all);
      if (draft) next.set(id, draft);
      else next.delete(id);
      return next;
    });
  }
  const shown = t('alt.position', { position: position + 1, total });
  return (
    <>
      <div>
        <Text size="sm" role="status">
          {shown}
        </Text>
        <Progress.Root size="sm" mt={4}>
          <Progress.Section
            value={(position / total) * 100}
            aria-label={t('alt.progress')}
            aria-valuetext={shown}
          />
        </Progress.Root>
      </div>
      <AltTextForm
        key={file.id}
        file={file}
        draft={drafts.get(file.id)}
        onDraft={(draft) => keepDraft(file.id, draft)}
        onSaving={(isSaving) => setSaves((count) => count + (isSaving ? 1 : -1))}
        onNext={() => setPosition(position + 1)}
        onBack={position > 0 ? () => setPosition(position - 1) : null}
      />
      {guard}
    </>
  );
}
