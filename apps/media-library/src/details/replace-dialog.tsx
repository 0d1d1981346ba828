import { Alert, Button, FileButton, Group, Progress, Stack, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FileDetailsFragment, MediaType } from '../generated/graphql.ts';
import { useSession } from '../session/use-session.ts';
import { useFormat } from '../shared/format.ts';
import { CompareSlider } from './compare-slider.tsx';
import { type Problem, problemOf, useProblemText } from './problem.ts';
import { useDetailFormat } from './use-detail-format.ts';
import { replaceContent } from './replace-content.ts';
import { Dialog } from './dialog.tsx';
import { report } from '../shared/notify.ts';

interface Props {
  readonly file: FileDetailsFragment;
  readonly version: number;
  readonly onClose: () => void;
  readonly onChanged: () => Promise<void>;
}

/** `DOCUMENT` is any other type. */
const ACCEPTED = { IMAGE: 'image/*', VIDEO: 'video/*', AUDIO: 'audio/*', DOCUMENT: '*/*' } as const;

/** Chooses a new file, compares it with the one that is served, and uploads it. */
export function ReplaceDialog({ file, version, onClose, onChanged }: Props) {
  const { t } = useTranslation('details');
  const format = useFormat();
  const { percent } = useDetailFormat();
  const session = useSession();
  const textOf = useProblemText();
  const [chosen, setChosen] = useState<File | null>(null);
  const [share, setShare] = useState<number | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const kind = chosen && kindOf(chosen);
  const isOtherKind = kind !== null && kind !== file.mediaType;
  const upload = useRef<AbortController>(null);
  useEffect(() => () => upload.current?.abort(), []);
  const localUrl = useLocalUrl(chosen);

  function choose(next: File | null) {
    if (!next) return;
    setChosen(next);
    setProblem(null);
  }

  async function replace(bytes: File) {
    upload.current = new AbortController();
    setProblem(null);
    setShare(0);
    const { signal } = upload.current;
    const options = { id: file.id, version, file: bytes, onProgress: setShare, signal };
    const result = await replaceContent(session, options).catch((error: unknown) => ({
      problem: problemOf(error),
    }));
    if (signal.aborted) return;
    setShare(null);
    await onChanged().catch(() => undefined);
    if ('problem' in result) return setProblem(result.problem);
    const message = result.version === version ? t('versions.same') : t('versions.replaced');
    report(message);
    onClose();
  }

  return (
    <Dialog opened onClose={onClose} title={t('versions.replaceTitle')} size="xl">
      <Stack>
        <Text>{t('versions.replaceText')}</Text>
        <Group>
          <FileButton onChange={choose} accept={ACCEPTED[file.mediaType]}>
            {(props) => (
              <Button {...props} variant="default" disabled={share !== null}>
                {t(chosen ? 'versions.chooseOther' : 'versions.choose')}
              </Button>
            )}
          </FileButton>
          {chosen && (
            <Text size="sm">
              <bdi>
                {t('versions.newSize', { name: chosen.name, size: format.bytes(chosen.size) })}
              </bdi>
            </Text>
          )}
        </Group>
        {localUrl && file.largeUrl && chosen?.type.startsWith('image/') && (
          <CompareSlider
            before={{ url: file.largeUrl, name: t('versions.now') }}
            after={{ url: localUrl, name: t('versions.next') }}
          />
        )}
        {share !== null && (
          <div role="status">
            <Progress value={share * 100} aria-label={t('versions.confirm')} />
            <Text size="sm">{t('versions.progress', { percent: percent(share) })}</Text>
          </div>
        )}
        {problem && (
          <Alert color="red" role="alert">
            {/* The server has one code for both. Of a file that claims this kind, the name is wrong. */}
            {problem.code === 'TYPE_MISMATCH' && kind === null
              ? t('versions.otherKindOrName')
              : textOf(problem)}
          </Alert>
        )}
        {isOtherKind && (
          <Alert color="red" role="alert">
            {t(`versions.otherKind.${file.mediaType}`)}
          </Alert>
        )}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button
            disabled={!chosen || isOtherKind}
            loading={share !== null}
            onClick={() => chosen && void replace(chosen)}
          >
            {t('versions.confirm')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

/** Not all types with such names: `application/photoshop` is an image, `text/vnd.qt.linguist` may be a video. */
const DOCUMENT = /^(?:font\/|model\/|text\/(?!vnd\.)|application\/(?:json|pdf|zip)$)/;

/** Only what is certain, else null: the server looks at the bytes. */
function kindOf({ type }: File): MediaType | null {
  if (type.startsWith('image/')) return 'IMAGE';
  if (type.startsWith('video/')) return 'VIDEO';
  if (type.startsWith('audio/')) return 'AUDIO';
  return DOCUMENT.test(type) ? 'DOCUMENT' : null;
}

function useLocalUrl(file: File | null): string | null {
  const [local, setLocal] = useState<{ file: File; url: string } | null>(null);
  useEffect(() => {
    if (!file) return undefined;
    const url = URL.createObjectURL(file);
    setLocal({ file, url });
    return () => URL.revokeObjectURL(url);
  }, [file]);
  // The URL of the file before is not valid any more.
  return local?.file === file ? local.url : null;
}
