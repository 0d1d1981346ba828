import { useApolloClient } from '@apollo/client/react';
import { Alert, Badge, Group, Stack, Tabs } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FileDetailsFragment } from '../generated/graphql.ts';
import { useSession } from '../session/use-session.ts';
import { ConflictDialog } from './conflict-dialog.tsx';
import { CopyMenu } from './copy-menu.tsx';
import styles from './details.module.css';
import { EditForm } from './edit-form.tsx';
import { Facts } from './facts.tsx';
import { FocalPointPanel } from './focal-point-panel.tsx';
import { HistoryPanel } from './history-panel.tsx';
import { LeaveGuard } from './leave-guard.tsx';
import { Preview } from './preview.tsx';
import { SaveBar } from './save-bar.tsx';
import { TrashActions } from './trash-actions.tsx';
import { UnsavedNotice } from './unsaved-notice.tsx';
import { UsagesPanel } from './usages-panel.tsx';
import { useFileEdit } from './use-file-edit.ts';
import { VersionsPanel } from './versions-panel.tsx';
import { FILE } from './queries.ts';

interface Props {
  readonly file: FileDetailsFragment;
  /** It was deleted permanently since it was read. */
  readonly isGone: boolean;
  readonly onClose: () => void;
}

export function FileDetails({ file, isGone, onClose }: Props) {
  const { t } = useTranslation('details');
  const session = useSession();
  const client = useApolloClient();
  const isTrashed = file.trashedAt !== null;
  const isEditable = session.has('media:write') && !isTrashed && !isGone;
  const edit = useFileEdit(file, isEditable);
  const [tab, setTab] = useState<string | null>('edit');
  useHotkeys([['mod+S', () => void edit.save()]], []);

  /** After a change of this editor that is not in the form. */
  async function readAgain() {
    const variables = { id: file.id };
    const { data } = await client.query({ query: FILE, variables, fetchPolicy: 'network-only' });
    if (data.mediaFile) edit.adopt(data.mediaFile);
  }

  return (
    <>
      <div className={styles.columns}>
        <Stack className={styles.file} gap="md">
          <Preview file={file} alt={edit.draft.altText} />
          {!isGone && (
            <>
              {isTrashed && <Alert color="orange">{t('status.trashed')}</Alert>}
              {file.status === 'PROCESSING' && <Alert color="blue">{t('status.PROCESSING')}</Alert>}
              {file.status === 'FAILED' && (
                <Alert color="red" title={t('status.FAILED')}>
                  <bdi>{file.failure}</bdi>
                </Alert>
              )}
              <Group gap="xs">
                <CopyMenu file={file} />
                <TrashActions file={file} onPurged={onClose} onMoved={edit.adopt} />
              </Group>
            </>
          )}
        </Stack>
        <div className={styles.form}>
          <Tabs value={tab} onChange={setTab} keepMounted={false}>
            <Tabs.List mb="md" className={styles.tabs}>
              <Tabs.Tab value="edit">{t('tabs.edit')}</Tabs.Tab>
              {file.mediaType === 'IMAGE' && <Tabs.Tab value="crops">{t('tabs.crops')}</Tabs.Tab>}
              <Tabs.Tab
                value="usages"
                rightSection={
                  <Badge size="sm" variant="light" circle>
                    {file.usageCount}
                  </Badge>
                }
              >
                {t('tabs.usages')}
              </Tabs.Tab>
              <Tabs.Tab value="versions">{t('tabs.versions')}</Tabs.Tab>
              {session.has('media:admin') && (
                <Tabs.Tab value="history">{t('tabs.history')}</Tabs.Tab>
              )}
            </Tabs.List>
            <Tabs.Panel value="edit">
              <EditForm
                edit={edit}
                isEditable={isEditable}
                isGone={isGone}
                isImage={file.mediaType === 'IMAGE'}
              />
            </Tabs.Panel>
            <Tabs.Panel value="crops">
              <FocalPointPanel file={file} edit={edit} isEditable={isEditable} />
            </Tabs.Panel>
            <Tabs.Panel value="usages">
              <UsagesPanel id={file.id} />
            </Tabs.Panel>
            <Tabs.Panel value="versions">
              <VersionsPanel
                file={file}
                version={edit.version}
                isEditable={isEditable}
                onChanged={readAgain}
              />
            </Tabs.Panel>
            <Tabs.Panel value="history">
              <HistoryPanel id={file.id} />
            </Tabs.Panel>
          </Tabs>
          {isEditable && <SaveBar edit={edit} />}
          {!isEditable && (
            <UnsavedNotice
              isDirty={edit.changed.length > 0}
              isGone={isGone}
              isTrashed={isTrashed}
              onClose={onClose}
            />
          )}
        </div>
        <Facts file={file} />
      </div>
      {edit.conflict && (
        <ConflictDialog
          conflict={edit.conflict}
          onClose={edit.closeConflict}
          onResolve={(kept) => void edit.resolve(kept)}
        />
      )}
      <LeaveGuard
        isDirty={edit.changed.length > 0}
        isSaving={edit.isSaving}
        text={t(edit.problems.length > 0 ? 'leave.notSaved' : 'leave.text')}
      />
    </>
  );
}
