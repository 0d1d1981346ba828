import { Button, Menu } from '@mantine/core';
import { IconCamera, IconFiles, IconFolder, IconLink, IconUpload } from '@tabler/icons-react';
import { type ChangeEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useSession } from '../session/use-session.ts';
import { chosenFiles, folderOf } from './folders.ts';
import { send } from './incoming.ts';

/** All ways to upload, into the folder that is shown. Nothing for those who may not upload. */
export default function UploadMenu() {
  const { t } = useTranslation('uploads');
  const session = useSession();
  const [parameters] = useSearchParams();
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const photo = useRef<HTMLInputElement>(null);
  if (!session.has('media:write')) return null;
  const target = folderOf(parameters);

  const choose = ({ currentTarget: input }: ChangeEvent<HTMLInputElement>) => {
    send({ kind: 'files', files: chosenFiles(input.files ?? [], target) });
    // So that the same file can be chosen again.
    input.value = '';
  };
  // Phones have a camera app that can do more.
  const openCamera = () =>
    matchMedia('(pointer: coarse)').matches
      ? photo.current?.click()
      : send({ kind: 'camera', folder: target });
  const input = { type: 'file', hidden: true, onChange: choose } as const;
  const wholeFolder = { webkitdirectory: '' };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button leftSection={<IconUpload size={18} aria-hidden />}>{t('upload')}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconFiles size={18} />} onClick={() => files.current?.click()}>
            {t('menu.files')}
          </Menu.Item>
          <Menu.Item leftSection={<IconFolder size={18} />} onClick={() => folder.current?.click()}>
            {t('menu.folder')}
          </Menu.Item>
          <Menu.Item leftSection={<IconCamera size={18} />} onClick={openCamera}>
            {t('menu.camera')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconLink size={18} />}
            onClick={() => send({ kind: 'url', folder: target })}
          >
            {t('menu.url')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <input ref={files} multiple {...input} />
      <input ref={folder} {...wholeFolder} {...input} />
      <input ref={photo} accept="image/*" capture="environment" {...input} />
    </>
  );
}
