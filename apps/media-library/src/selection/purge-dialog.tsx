import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

interface Props {
  readonly count: number;
  /** Of the file, if it is only one. */
  readonly name: string | null;
  readonly onClose: () => void;
  readonly onPurge: () => void;
}

/** Asks before files are deleted permanently. */
export default function PurgeDialog({ count, name, onClose, onPurge }: Props) {
  const { t } = useTranslation('selection');
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('purgeTitle', { count })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack>
        {name !== null && (
          <Text fw={600}>
            <bdi dir="auto">{name}</bdi>
          </Text>
        )}
        <Text size="sm">{t('purgeHint', { count })}</Text>
        <Group justify="end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('cancel')}
          </Button>
          <Button
            color="red"
            onClick={() => {
              onClose();
              onPurge();
            }}
          >
            {t('doPurge')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
