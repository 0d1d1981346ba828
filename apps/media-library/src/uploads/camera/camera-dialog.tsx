import { Alert, Button, Group, Loader, Modal, Stack, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { send } from '../incoming.ts';
import { useTimeName } from '../use-time-name.ts';
import classes from './camera-dialog.module.css';
import { takePhoto, useCamera } from './use-camera.ts';

interface Props {
  readonly folder: string;
  readonly onClose: () => void;
}

export function CameraDialog({ folder, onClose }: Props) {
  const { t } = useTranslation('uploads');
  const [attempt, setAttempt] = useState(0);
  const [photo, setPhoto] = useState<{ file: File; url: string } | null>(null);
  const camera = useCamera(attempt);
  const video = useRef<HTMLVideoElement>(null);
  const timeName = useTimeName();
  const stream = camera.state === 'on' ? camera.stream : null;
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream, photo]);
  useEffect(() => () => URL.revokeObjectURL(photo?.url ?? ''), [photo]);

  async function shoot() {
    const file = video.current && (await takePhoto(video.current));
    if (file) setPhoto({ file, url: URL.createObjectURL(file) });
  }
  function upload({ file }: { file: File }) {
    send({ kind: 'files', files: [{ file, folder, name: timeName('photoName', file) }] });
    onClose();
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={t('camera.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack>
        {camera.state === 'starting' && (
          <Group role="status">
            <Loader size="sm" />
            <Text>{t('camera.starting')}</Text>
          </Group>
        )}
        {camera.state !== 'starting' && camera.state !== 'on' && (
          <>
            <Alert color="orange" role="alert">
              {t(`camera.${camera.state}`)}
            </Alert>
            <Group justify="flex-end">
              <Button onClick={() => setAttempt(attempt + 1)}>{t('camera.retry')}</Button>
            </Group>
          </>
        )}
        {stream && !photo && (
          <>
            <video ref={video} className={classes['view']} autoPlay muted playsInline />
            <Group justify="flex-end">
              <Button data-autofocus onClick={() => void shoot()}>
                {t('camera.shoot')}
              </Button>
            </Group>
          </>
        )}
        {photo && (
          <>
            <img src={photo.url} alt={t('camera.preview')} className={classes['view']} />
            <Group justify="flex-end">
              <Button variant="default" onClick={() => setPhoto(null)}>
                {t('camera.again')}
              </Button>
              <Button onClick={() => upload(photo)}>{t('camera.use')}</Button>
            </Group>
          </>
        )}
      </Stack>
    </Modal>
  );
}
