import { z } from 'zod';

/** Whether browsers send exactly this text. */
export const isOrigin = (text: string): boolean =>
  /^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;

/** Comma-separated origins, exactly as browsers send them. */
export const originsSetting = () =>
  z.string().transform((text, context) => {
    const origins = text
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
    for (const entry of origins.filter((origin) => !isOrigin(origin))) {
      const message = `"${entry.slice(0, 100)}" must be an origin as browsers send it, such as https://admin.example.com`;
      context.addIssue({ code: 'custom', message });
    }
    return origins;
  });
