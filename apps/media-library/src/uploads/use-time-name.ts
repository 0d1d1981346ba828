import { useTranslation } from 'react-i18next';

/** Names for files without one that says anything: `Photo 2026-05-17 14.03.21.jpg`. */
export function useTimeName() {
  const { t } = useTranslation('uploads');
  return (kind: 'pastedName' | 'photoName', file: File): string => {
    // Browsers call what has no name `image.png`.
    if (kind === 'pastedName' && !/^image\.\w+$/.test(file.name)) return file.name;
    const [day = '', time = ''] = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000)
      .toISOString()
      .split(/[T.]/);
    const extension = file.name.split('.').at(-1);
    return `${t(kind, { time: `${day} ${time.replaceAll(':', '.')}` })}.${extension}`;
  };
}
